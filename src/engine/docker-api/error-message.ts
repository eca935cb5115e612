/** Engines put errors into `{"message": …}`. */
export function messageIn(text: string, status: number): string {
  let message = text;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed)
      message = String(parsed.message);
  } catch {
    // A proxy in between may answer in plain text or HTML.
  }
  const line = message.replace(/\s+/g, " ").trim().replace(/\.$/, "").slice(0, 300);
  return line === "" ? `HTTP status ${status}` : `${line} (HTTP status ${status})`;
}
