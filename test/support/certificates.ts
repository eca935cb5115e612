import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority in a folder of its own, and what it signs. */
export class Authority {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string): Promise<Authority> {
    await mkdir(folder);
    const files = ["-keyout", join(folder, "ca-key.pem"), "-out", join(folder, "ca.pem")];
    await openssl(["req", "-x509", ...newKey, "-subj", "/CN=authority", "-days", "2", ...files]);
    return new Authority(folder);
  }

  /**
   * A folder with ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH wants it.
   *
   * @param names as in `IP:127.0.0.1`
   * @param days from now to its end; less than 0 for a certificate that has expired
   */
  async sign(name: string, names: string, days = 2): Promise<string> {
    const folder = join(this.folder, name);
    await mkdir(folder);
    const at = (file: string): string => join(folder, file);
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
    await openssl(["req", ...newKey, ...subject, "-keyout", at("key.pem"), "-out", at("request.pem")]);
    const signer = ["-CA", join(this.folder, "ca.pem"), "-CAkey", join(this.folder, "ca-key.pem")];
    const serial = ["-set_serial", String(Math.floor(Math.random() * 1e12))];
    const extensions = at("extensions");
    await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    const files = ["-extfile", extensions, "-in", at("request.pem"), "-out", at("cert.pem")];
    await openssl(["x509", "-req", ...signer, ...serial, "-days", String(days), ...files]);
    await cp(join(this.folder, "ca.pem"), at("ca.pem"));
    return folder;
  }
}

async function openssl(args: readonly string[]): Promise<void> {
  await execute("openssl", [...args]);
}
