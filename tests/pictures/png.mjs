// What a PNG says about itself.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The end of every PNG, before which its other chunks stand. */
const END = 12;

/** The picture with a note of which texts it shows: tests/docs/check compares it with the texts beside it. */
export const noting = (picture, texts) => {
  const note = Buffer.from(`tEXtSource\0sha256:${createHash('sha256').update(texts).digest('hex')}`, 'latin1');
  const [length, check] = [note.length - 4, crc32(note)].map((number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
  });
  return Buffer.concat([picture.subarray(0, -END), length, note, check, picture.subarray(-END)]);
};
