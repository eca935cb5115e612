import { span } from "../layout/line.js";
import { paragraph, type Document } from "./document.js";

/** What a command that has no result says. */
export function failureDocument(exitCode: number, message: string): Document {
  const text = [span(`Failed with exit code ${exitCode}:`, "alarm"), span(` ${message}`)];
  return { title: "docker-gc", sections: [[paragraph(text)]] };
}
