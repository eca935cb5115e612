import { Failure } from "../../core/text/failure.js";

export const walHeaderBytes = 32;
const frameHeaderBytes = 24;
/** The last bit of the magic says in which byte order the checksums read the file. */
const magic = 0x377f0682;
/** "Currently 3007000"; SQLite refuses to open a log of another version. */
const knownVersion = 3007000;

const pageSizes = new Set([512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]);

type Checksum = readonly [number, number];

interface Frame {
  readonly pageNumber: number;
  readonly page: Buffer;
}

interface CommittedLog {
  readonly pageSize: number;
  /** Size of the database after the last commit, in pages. */
  readonly pageCount: number;
  readonly frames: readonly Frame[];
}

/**
 * The database as SQLite would see it with this write-ahead log beside it: everything up to the last complete
 * commit. A torn or stale rest of the log is left out, as SQLite does when it recovers after a crash.
 *
 * Throws a Failure of code `ledger` for a log of a later format.
 * Format and rules: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export function applyWal(database: Buffer, wal: Buffer): Buffer {
  const log = readCommitted(wal);
  if (log === null) {
    return database;
  }
  const result = Buffer.alloc(log.pageCount * log.pageSize);
  database.copy(result);
  for (const { pageNumber, page } of log.frames) {
    // The database may have shrunk after this page was written.
    if (pageNumber <= log.pageCount) {
      page.copy(result, (pageNumber - 1) * log.pageSize);
    }
  }
  return result;
}

/** Null when the log holds no commit. */
function readCommitted(wal: Buffer): CommittedLog | null {
  if (wal.length < walHeaderBytes || (wal.readUInt32BE(0) & ~1) !== magic) {
    return null;
  }
  const bigEndian = (wal.readUInt32BE(0) & 1) === 1;
  let checksum = addToChecksum([0, 0], wal.subarray(0, 24), bigEndian);
  if (!matches(checksum, wal, 24)) {
    return null;
  }
  if (wal.readUInt32BE(4) !== knownVersion) {
    throw new Failure("ledger", `The ledger's write-ahead log has an unknown version: upgrade docker-gc.`);
  }
  const pageSize = wal.readUInt32BE(8);
  if (!pageSizes.has(pageSize)) {
    return null;
  }
  const salts = wal.subarray(16, 24);
  const frames: Frame[] = [];
  let committed = 0;
  let pageCount = 0;
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = walHeaderBytes; at + frameBytes <= wal.length; at += frameBytes) {
    const header = wal.subarray(at, at + frameHeaderBytes);
    const page = wal.subarray(at + frameHeaderBytes, at + frameBytes);
    checksum = addToChecksum(checksum, header.subarray(0, 8), bigEndian);
    checksum = addToChecksum(checksum, page, bigEndian);
    // Other salts: a frame of an earlier round, which a restarted log has not overwritten yet.
    if (!header.subarray(8, 16).equals(salts) || !matches(checksum, header, 16)) {
      break;
    }
    frames.push({ pageNumber: header.readUInt32BE(0), page });
    if (header.readUInt32BE(4) !== 0) {
      committed = frames.length;
      pageCount = header.readUInt32BE(4);
    }
  }
  return committed === 0 ? null : { pageSize, pageCount, frames: frames.slice(0, committed) };
}

/** Checksums are stored big-endian whatever the byte order they are computed in. */
function matches([first, second]: Checksum, stored: Buffer, at: number): boolean {
  return stored.readUInt32BE(at) === first && stored.readUInt32BE(at + 4) === second;
}

function addToChecksum([first, second]: Checksum, content: Buffer, bigEndian: boolean): Checksum {
  const word = (at: number) => (bigEndian ? content.readUInt32BE(at) : content.readUInt32LE(at));
  for (let at = 0; at < content.length; at += 8) {
    first = (first + word(at) + second) >>> 0;
    second = (second + word(at + 4) + first) >>> 0;
  }
  return [first, second];
}
