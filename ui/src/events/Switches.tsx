import { type FormEvent, useCallback, useState } from "react";
import { send } from "../api/client";
import type { CameraOut, LiveOut } from "../api/types";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";

interface SwitchesProps {
  camera: CameraOut;
  live: LiveOut;
  /** What rules of this camera are called, as far as they are known here. */
  rules: readonly string[];
  may: boolean;
  done: () => void;
}

/** What is switched off at a camera, and the switch: at once, with a reason that everybody sees. */
export function Switches({ camera, live, rules, may, done }: SwitchesProps) {
  const { t } = useTexts();
  const off = live.switches.filter((one) => one.camera === camera.name);
  const gap = live.gaps.find((one) => one.camera === camera.id);
  const act = useCallback(
    async (rule: string, now: boolean, reason: string) => {
      const body = { rule, off: now, reason };
      await send("put", "/api/cameras/{camera}/switch", { camera: camera.id }, body);
      done();
    },
    [camera.id, done],
  );
  const { run, busy, error } = useAction(act);
  return (
    <>
      {gap ? (
        <p className="notice small">
          {t("events.unseen")} <Time at={gap.start} zone={camera.zone} />:{" "}
          <span lang="en">{gap.detail || gap.reason}</span>
        </p>
      ) : null}
      {off.map((one) => (
        <div key={one.rule} className="row apart">
          <span className="small">
            <span className="badge bad">{t("events.off")}</span> {one.rule || t("events.whole")}: {one.reason}
          </span>
          {may ? (
            <button type="button" disabled={busy} onClick={() => run(one.rule, false, "")}>
              {t("events.on")}
            </button>
          ) : null}
        </div>
      ))}
      {error ? <Trouble error={error} /> : null}
      {may ? <SwitchOff rules={rules} busy={busy} off={(rule, reason) => run(rule, true, reason)} /> : null}
    </>
  );
}

interface SwitchOffProps {
  rules: readonly string[];
  busy: boolean;
  off: (rule: string, reason: string) => void;
}

function SwitchOff({ rules, busy, off }: SwitchOffProps) {
  const { t } = useTexts();
  const [rule, setRule] = useState("");
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    off(rule, reason.trim());
    setReason("");
  };
  return (
    <details>
      <summary>{t("events.switch")}</summary>
      <form className="stack tight" onSubmit={submit}>
        <Field label={t("events.rule")}>
          <select name="switch" value={rule} onChange={(event) => setRule(event.target.value)}>
            <option value="">{t("events.whole")}</option>
            {rules.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("events.why")} help={t("events.why.help")}>
          <input
            name="why"
            required
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        <button type="submit" disabled={busy || !reason.trim()}>
          {t("events.switch.off")}
        </button>
      </form>
    </details>
  );
}
