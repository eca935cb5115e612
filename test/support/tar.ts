/** Just enough of the ustar format for docker archives: regular files and folders, names up to 100 bytes. */

const blockSize = 512;

export interface TarFile {
  /** A name that ends in a slash is a folder. */
  readonly name: string;
  readonly content: Buffer;
  /** Permission bits; 0o644 by default. */
  readonly mode?: number;
}

export function writeTar(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap((file) => [header(file), file.content, padding(file.content.length)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

export function readTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let offset = 0;
  while (offset + blockSize <= archive.length && archive[offset] !== 0) {
    const name = textAt(archive, offset, 100);
    const size = Number.parseInt(textAt(archive, offset + 124, 12), 8);
    offset += blockSize;
    files.set(name, archive.subarray(offset, offset + size));
    offset += size + padding(size).length;
  }
  return files;
}

function header({ name, content, mode = 0o644 }: TarFile): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(name, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108); // owner
  block.write(octal(0, 8), 116); // group
  block.write(octal(content.length, 12), 124);
  block.write(octal(0, 12), 136); // modified at the epoch, so that equal files make equal layers
  block.write(" ".repeat(8), 148); // the checksum counts its own field as spaces
  block.write(name.endsWith("/") ? "5" : "0", 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

function textAt(archive: Buffer, offset: number, length: number): string {
  const field = archive.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}
