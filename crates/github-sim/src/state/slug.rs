//! The addresses of teams: what GitHub makes of a name.

/// Letters and what stands for them, as the library that GitHub uses folds them (the default approximations of `i18n`).
const FOLDED: [(&str, &str); 26] = [
    ("ÀÁÂÃÄÅĀĂĄàáâãäåāăą", "a"),
    ("Ææ", "ae"),
    ("ÇĆĈĊČçćĉċč", "c"),
    ("ÐĎĐðďđ", "d"),
    ("ÈÉÊËĒĔĖĘĚèéêëēĕėęě", "e"),
    ("ĜĞĠĢĝğġģ", "g"),
    ("ĤĦĥħ", "h"),
    ("ÌÍÎÏĨĪĬĮİìíîïĩīĭįı", "i"),
    ("\u{132}\u{133}", "ij"),
    ("Ĵĵ", "j"),
    ("Ķķĸ", "k"),
    ("ĹĻĽĿŁĺļľŀł", "l"),
    ("ÑŃŅŇñńņň", "n"),
    ("Ŋŋ", "ng"),
    ("ÒÓÔÕÖØŌŎŐòóôõöøōŏő", "o"),
    ("Œœ", "oe"),
    ("ŔŖŘŕŗř", "r"),
    ("ŚŜŞŠśŝşš", "s"),
    ("ẞß", "ss"),
    ("ŢŤŦţťŧ", "t"),
    ("Þþ", "th"),
    ("ÙÚÛÜŨŪŬŮŰŲùúûüũūŭůűų", "u"),
    ("Ŵŵ", "w"),
    ("×", "x"),
    ("ÝŶŸýÿŷ", "y"),
    ("ŹŻŽźżž", "z"),
];

/// The slug of a name: lower case, accents folded; everything else than letters, digits, `_` and `.` becomes one dash.
/// Empty where nothing of the name is left.
pub(crate) fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' | '.' => slug.push(c),
            'A'..='Z' => slug.push(c.to_ascii_lowercase()),
            // A combining accent belongs to the letter before it.
            '\u{300}'..='\u{36f}' => {}
            _ => match FOLDED.iter().find(|(letters, _)| letters.contains(c)) {
                Some((_, plain)) => slug.push_str(plain),
                None if slug.is_empty() || slug.ends_with('-') => {}
                None => slug.push('-'),
            },
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn slugs_are_githubs() {
        assert_eq!(slug_of("Core"), "core");
        assert_eq!(slug_of("Site Reliability & Ops!"), "site-reliability-ops");
        assert_eq!(slug_of("  a -- b"), "a-b");
    }

    #[test]
    fn accents_are_folded() {
        assert_eq!(slug_of("Café"), "cafe");
        assert_eq!(slug_of("Cafe\u{301} Noir"), "cafe-noir");
        assert_eq!(slug_of("Straße Łódź Ærø"), "strasse-lodz-aero");
        assert_eq!(slug_of("日本"), "");
    }
}
