import { Field, TextInput } from '../ui/Field.tsx';

/** What a run is called, over the whole width of its card. */
export function RunNameField({
  name,
  error,
  onChange,
}: {
  name: string;
  error: string | undefined;
  onChange: (name: string) => void;
}) {
  return (
    <Field label="Name" error={error} hint="Left empty, the run is named after its values" className="sm:col-span-2">
      {(control) => (
        <TextInput {...control} maxLength={200} value={name} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
