//! Which characters a person sees.

/// Whether a character shows as nothing, ends a line, or acts on the text around it: control
/// characters, line separators, marks of direction and of byte order.
pub(crate) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
