/** Long enough that its parsing outweighs the work around it, and nothing beside what is kept of it. */
const usualPieceBytes = 256 * 1024;

const openingBracket = 0x5b;

/**
 * Splits a JSON list into shorter ones with the same elements while it arrives, as texts: a listing of 100,000 images has
 * 50 MB, which nobody needs at once. A short one stays as it is, and so does what is no list: whoever parses the
 * texts finds out.
 *
 * `parse` throws for a text that is no JSON. What ends at a `},{` and parses as a list is a whole number of elements, as the
 * inside of a text or of a nested list does not: then brackets or quotes would be left open.
 */
export async function* piecesOfList(
  chunks: AsyncIterable<Buffer>,
  parse: (text: string) => unknown,
  pieceBytes = usualPieceBytes,
): AsyncGenerator {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let enough = pieceBytes;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < enough) continue;
    const joined = Buffer.concat(waiting);
    const comma = joined.lastIndexOf("},{") + 1;
    const piece = comma === 0 ? null : parseIfList(joined, comma, parse);
    if (piece === null) {
      waiting = [joined];
      // Doubling keeps the work in proportion, however many tries it takes.
      enough = 2 * waitingBytes;
      continue;
    }
    // A copy: the part would hold the whole in memory.
    const rest = Buffer.from(joined.subarray(comma));
    rest[0] = openingBracket;
    waiting = [rest];
    waitingBytes = rest.length;
    enough = waitingBytes + pieceBytes;
    yield piece.list;
  }
  yield parse(Buffer.concat(waiting).toString("utf8"));
}

function parseIfList(
  joined: Buffer,
  end: number,
  parse: (text: string) => unknown,
): { readonly list: unknown } | null {
  try {
    return { list: parse(`${joined.toString("utf8", 0, end)}]`) };
  } catch {
    return null;
  }
}
