//! Repeated failures of GitHub, whatever the request.

/// So many failures in a row end the attempt.
const MOST: u32 = 5;

/// How many requests in a row ended without an answer of GitHub's own: a server's failure, or a dropped connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Streak(u32);

impl Streak {
    /// Another one failed. True: it is one too many.
    pub fn failed(&mut self) -> bool {
        self.0 += 1;
        self.0 >= MOST
    }

    /// GitHub answered, also by a refusal.
    pub fn answered(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_in_a_row_is_one_too_many() {
        let mut streak = Streak::default();
        assert_eq!([(); 4].map(|()| streak.failed()), [false; 4]);
        streak.answered();
        assert_eq!([(); 5].map(|()| streak.failed()), [false, false, false, false, true]);
    }
}
