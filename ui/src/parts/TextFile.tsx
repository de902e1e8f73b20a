import { Field } from "./Form";

interface TextFileProps {
  label: string;
  accept?: string;
  /** Called with what the file says. */
  take: (text: string) => void;
}

/** A small file of text, chosen or dropped on the field; read in the browser alone. */
export function TextFile({ label, accept, take }: TextFileProps) {
  return (
    <Field label={label}>
      <input
        type="file"
        {...(accept ? { accept } : {})}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) file.text().then(take);
        }}
      />
    </Field>
  );
}
