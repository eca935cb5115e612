/** What an engine is known again by whose ID has changed above the same data, and what tells two apart that have one ID. */
export interface EngineOrigin {
  /** ID of its network `host`, which is made once and lies with its data; empty where it does not tell. */
  readonly dataId: string;
  readonly hostName: string;
  /** IDs and names of hosts that it had before, the latest last. */
  readonly former: readonly string[];
}

/** Hosts in containers have a new name each time. */
const mostFormer = 20;

/** Who is on its place now: its ID, and the name of its host. */
export interface Present {
  readonly dataId: string;
  readonly hostName: string;
  /** The ID that it was known by; null where that is the same. */
  readonly movedFrom: string | null;
}

/** `twin`: the name of the host that another engine of this ID is on, which takes turns with this one. */
export interface Recognition {
  readonly origin: EngineOrigin;
  readonly twin: string | null;
}

/** An engine may get another name, or another ID. That an earlier one comes back is a sign of two. */
export function recognized(known: EngineOrigin | undefined, present: Present): Recognition {
  const { dataId, hostName, movedFrom } = present;
  const isRenamed = known !== undefined && known.hostName !== hostName;
  const left = [...(movedFrom === null ? [] : [movedFrom]), ...(isRenamed ? [known.hostName] : [])];
  const former = [...(known?.former ?? []).filter((each) => !left.includes(each)), ...left];
  const isBack = isRenamed && known.former.includes(hostName);
  return {
    origin: { dataId, hostName, former: former.slice(-mostFormer) },
    twin: isBack ? known.hostName : null,
  };
}
