/** Something to ask both engines, when an image app:1 and a container web of it are there. */
export interface Question {
  readonly path: string;
  /** Keys that the tool and the tests read: the practice engine must have them. */
  readonly used: readonly string[];
}

const image = [
  "Id",
  "ParentId",
  "RepoTags",
  "RepoDigests",
  "Labels",
  "Size",
  "Created",
  "SharedSize",
  "Containers",
];

export const questions: readonly Question[] = [
  {
    path: "/version",
    used: ["Version", "ApiVersion", "MinAPIVersion", "Components"],
  },
  {
    path: "/info",
    used: [
      ...["ID", "Name", "Driver", "DriverStatus", "DockerRootDir", "ServerVersion", "SystemTime"],
      ...["Swarm.LocalNodeState", "Swarm.ControlAvailable"],
    ],
  },
  { path: "/images/json?all=1", used: image },
  { path: "/images/json", used: image },
  { path: '/images/json?all=1&filters={"reference":["app"]}', used: image },
  { path: '/images/json?all=1&filters={"reference":["ap","nothing"]}', used: [] },
  {
    path: "/images/app:1/json",
    used: [
      ...["Id", "RepoTags", "RepoDigests", "Parent", "Created", "Size", "Config.Labels", "RootFS.Layers"],
      "Metadata.LastTagTime",
    ],
  },
  { path: "/images/app:1/history", used: ["Id", "Created", "CreatedBy", "Size", "Tags"] },
  {
    path: "/containers/json?all=1",
    used: ["Id", "Names", "Image", "ImageID", "State", "Labels", "Mounts", "Created"],
  },
  { path: `/containers/json?all=1&filters={"id":["${"0".repeat(64)}"]}`, used: [] },
  { path: '/containers/json?all=1&filters={"nothing":["web"]}', used: ["message"] },
  {
    path: "/containers/web/json",
    used: ["Id", "Name", "Image", "State.Status", "State.Running", "Config.Image", "Mounts"],
  },
  { path: "/system/df?type=image", used: ["LayersSize", "Images"] },
  { path: "/images/nothing:1/json", used: ["message"] },
  { path: "/containers/nothing/json", used: ["message"] },
  { path: "/nothing", used: ["message"] },
  { path: "/v1.99/images/json", used: ["message"] },
  { path: "/events?since=2&until=1", used: ["message"] },
  { path: "/events?since=yesterday&until=1", used: ["message"] },
];
