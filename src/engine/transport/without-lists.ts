import { beyond, mostBytes, showBytes } from "./bounds.js";
import { JsonScan } from "./json-scan.js";

/**
 * The same JSON with nothing in its lists. An engine's account of its bytes has a few numbers that are asked for, and beside them
 * all its images, which nobody has to hold.
 */
export async function textWithoutLists(chunks: AsyncIterable<Buffer>, what: string): Promise<string> {
  const scan = new JsonScan();
  const kept: Buffer[] = [];
  let keptBytes = 0;
  for await (const chunk of chunks) {
    let from = scan.inList ? -1 : 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const wasInList = scan.inList;
      scan.step(chunk[at] ?? 0);
      if (scan.inList === wasInList) continue;
      if (scan.inList) {
        kept.push(chunk.subarray(from, at + 1));
        keptBytes += at + 1 - from;
      }
      from = scan.inList ? -1 : at;
    }
    if (from >= 0) {
      kept.push(chunk.subarray(from));
      keptBytes += chunk.length - from;
    }
    if (keptBytes > mostBytes.answer) throw beyond(`${what} has more than ${showBytes(mostBytes.answer)}`);
  }
  return Buffer.concat(kept).toString("utf8");
}
