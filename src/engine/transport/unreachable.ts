import { codeOf, describeError, Failure } from "../../core/text/failure.js";
import { sshFailed } from "./ssh-tunnel.js";

/** What an error of the connection means, where Node's own words do not say it; and what to do. */
interface Advice {
  readonly reason?: string;
  readonly what: string;
}

const startOrPoint = "start the engine, or name another one with --host or DOCKER_HOST";
const whichAuthority = "check ca.pem in DOCKER_CERT_PATH or the docker context";
const notTrusted: Advice = {
  reason: "its certificate is not signed by the authority in use",
  what: whichAuthority,
};
const ownCertificate = "check cert.pem and key.pem in DOCKER_CERT_PATH or the docker context";
const refusesClient: Advice = {
  reason: "it accepts no client without a certificate of its own authority",
  what: ownCertificate,
};
const notTls: Advice = { reason: "it does not speak TLS", what: "check the port, and DOCKER_TLS_VERIFY" };
const brokeOff = "it broke the connection off";
const whetherThere = "check that an engine listens there";
const hungUp: Advice = { reason: brokeOff, what: whetherThere };
/** An engine that refuses a certificate may hang up so fast that its reason is lost on the way. */
const hungUpOverTls: Advice = {
  reason: brokeOff,
  what: `${whetherThere}, and ${ownCertificate}`,
};

/** By the code of the error: of the system, of Node's TLS, or of OpenSSL. */
const advices: Readonly<Record<string, Advice>> = {
  ENOENT: { reason: "there is no such socket", what: startOrPoint },
  ECONNREFUSED: { reason: "nobody listens there", what: startOrPoint },
  ECONNRESET: hungUp,
  EPIPE: hungUp,
  EACCES: { reason: "permission denied", what: "run as root, or as a member of the socket's group" },
  ENOTFOUND: { reason: "there is no such host", what: "check --host and DOCKER_HOST" },
  [sshFailed]: { what: `check that "ssh HOST docker version" works without a question` },
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  CERT_SIGNATURE_FAILURE: notTrusted,
  CERT_HAS_EXPIRED: { reason: "its certificate has expired", what: "renew it" },
  CERT_NOT_YET_VALID: { reason: "its certificate is not valid yet", what: "check the clocks of both hosts" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: "its certificate is for another host name",
    what: "use a name that the certificate has",
  },
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: refusesClient,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refusesClient,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refusesClient,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: refusesClient,
};

/** What is no answer of HTTP is shown: a login shell's greeting, for one. */
function notHttp(shown: string, code: string, error: unknown): Advice | undefined {
  if (!code.startsWith("HPE_")) return undefined;
  const packet = error instanceof Error && "rawPacket" in error ? error.rawPacket : null;
  const said = Buffer.isBuffer(packet) ? packet.subarray(0, 200).toString("utf8").trim().split("\n")[0] : "";
  const reason = `what answers there is no engine${said === "" ? "" : `, but says ${JSON.stringify(said)}`}`;
  const overSsh = "make sure that the login shell over there prints nothing when it is not at a terminal";
  return { reason, what: shown.startsWith("ssh:") ? overSsh : "check the address" };
}

/** A Failure of code `engine` for an engine that does not answer: who, why, and what to do. */
export function unreachable(shown: string, error: unknown): Failure {
  const code = codeOf(error);
  const known = Object.hasOwn(advices, code) ? advices[code] : undefined;
  const advice =
    known === hungUp && shown.startsWith("https:") ? hungUpOverTls : (known ?? notHttp(shown, code, error));
  const reason = advice?.reason ?? describeError(error);
  const what = advice?.what ?? whetherThere;
  return new Failure("engine", `Cannot reach a Docker Engine at ${shown}: ${reason}; ${what}.`, {
    cause: error,
  });
}
