/** What `work` comes to; `otherwise` where it throws, whatever that is: for what need not be there, and no message hangs on it. */
export function attempt<Value, Other = Value>(work: () => Value, otherwise: Other): Value | Other {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
