//! Spreading without randomness: the same object at the same turn always gets the same fraction.

use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// A part of `whole`: at least nothing, less than `per_mille` thousandths, decided by `seed`.
pub(crate) fn part(whole: SignedDuration, per_mille: i32, seed: &[&str]) -> SignedDuration {
    let digest = Sha256::digest(seed.join("\0").as_bytes());
    let number = i32::from(u16::from_be_bytes([digest[0], digest[1]]));
    // 2^16 steps between nothing and the whole part.
    whole / 1000 * per_mille / 65_536 * number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_spread_below_the_limit() {
        let hour = SignedDuration::from_hours(1);
        let parts: Vec<_> = (0..200).map(|n| part(hour, 100, &["uid", &n.to_string()])).collect();
        assert!(parts.iter().all(|p| *p >= SignedDuration::ZERO && *p < SignedDuration::from_mins(6)));
        assert!(parts.iter().any(|p| *p < SignedDuration::from_mins(1)));
        assert!(parts.iter().any(|p| *p > SignedDuration::from_mins(5)));
    }
}
