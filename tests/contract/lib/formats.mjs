// What GitHub means by a format, where that is not what the format's own standard says.

/** An address of a commit: a bot's, as `1+app[bot]@users.noreply.github.com`, has brackets that RFC 5321 does not allow. */
export const BOT_OR_PERSON = /^[^\s@]+@[^\s@]+$/;
