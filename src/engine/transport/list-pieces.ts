import { beyond, deepest, mostBytes, showBytes } from "./bounds.js";
import { JsonScan } from "./json-scan.js";

/** Long enough that its parsing outweighs the work around it, and nothing beside what is kept of it. */
const usualPieceBytes = 256 * 1024;

const openingBracket = 0x5b;

/**
 * Splits a JSON list into shorter ones with the same elements while it arrives, as texts: a listing of 100,000 images has
 * 50 MB, which nobody needs at once. A short one stays as it is, and so does what is no list: whoever parses the
 * texts finds out.
 *
 * `parse` throws for a text that is no JSON. Throws a Failure of code `engine`, which `what` begins, for an element that
 * is larger, or nested deeper, than any engine's.
 */
export async function* piecesOfList(
  chunks: AsyncIterable<Buffer>,
  what: string,
  parse: (text: string) => unknown,
  pieceBytes = usualPieceBytes,
  elementBytes: number = mostBytes.element,
): AsyncGenerator {
  const scan = new JsonScan();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let scannedBytes = 0;
  let enough = pieceBytes;
  let isSplit = false;
  // Beside a comma there is an element, or it is no JSON.
  const someOf = (piece: unknown) => (Array.isArray(piece) && piece.length === 0 ? parse("[,]") : piece);
  for await (const chunk of chunks) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < enough) continue;
    const joined = Buffer.concat(waiting);
    const comma = scan.add(joined.subarray(scannedBytes));
    if (scan.deepest > deepest) throw beyond(`${what} is nested more than ${deepest} deep`);
    if (comma < 0) {
      if (waitingBytes > elementBytes)
        throw beyond(`an element of ${what} has more than ${showBytes(elementBytes)}`);
      waiting = [joined];
      scannedBytes = waitingBytes;
      // Doubling keeps the work in proportion, however long an element is.
      enough = Math.min(2 * waitingBytes, elementBytes + 1);
      continue;
    }
    const end = scannedBytes + comma;
    // A copy: the part would hold the whole in memory.
    const rest = Buffer.from(joined.subarray(end));
    rest[0] = openingBracket;
    waiting = [rest];
    waitingBytes = rest.length;
    scannedBytes = rest.length;
    enough = waitingBytes + pieceBytes;
    isSplit = true;
    yield someOf(parse(`${joined.toString("utf8", 0, end)}]`));
  }
  const last = parse(Buffer.concat(waiting).toString("utf8"));
  yield isSplit ? someOf(last) : last;
}
