'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FileText, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { uploadDataset } from '../api/upload-dataset.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Field, TextInput } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { ProgressBar } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';
import { fileProblem, isJsonLines } from './upload-check.ts';

/** Choose or drop a file, name it, send it. */
export function UploadPanel() {
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    const wrong = fileProblem(chosen.name, chosen.size);
    setProblem(wrong);
    setFile(wrong ? null : chosen);
  };
  return (
    <section
      aria-label="Add text"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        choose(event.dataTransfer.files[0]);
      }}
      className={classNames(
        'rounded-lg border border-dashed px-4 py-4',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface',
      )}
    >
      <input
        ref={input}
        type="file"
        accept=".txt,.md,.jsonl"
        aria-label="Text file"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          choose(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      {file ? (
        <UploadForm key={`${file.name}-${file.size}`} file={file} onDone={() => setFile(null)} />
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button onClick={() => input.current?.click()}>
            <Upload size={14} aria-hidden />
            Choose a file
          </Button>
          <p className="min-w-0 flex-1 basis-60 text-ink-2">
            or drop it here: .txt, .md, or .jsonl with one document a line, up to 1 GiB, UTF-8.
          </p>
        </div>
      )}
      {problem && (
        <p role="alert" className="mt-2 text-bad">
          {problem}
        </p>
      )}
    </section>
  );
}

function UploadForm({ file, onDone }: { file: File; onDone: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(file.name.replace(/\.[^.]+$/, ''));
  const [field, setField] = useState('text');
  const [sent, setSent] = useState(0);
  const aborting = useRef(new AbortController());
  const upload = useMutation({
    mutationFn: () => {
      aborting.current = new AbortController();
      setSent(0);
      return uploadDataset({
        file,
        name: name.trim() || undefined,
        field: isJsonLines(file.name) ? field.trim() || undefined : undefined,
        onProgress: setSent,
        signal: aborting.current.signal,
      });
    },
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ['datasets'] }),
  });
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        upload.mutate();
      }}
    >
      <p className="flex min-w-0 items-center gap-2">
        <FileText size={16} className="shrink-0 text-ink-3" aria-hidden />
        <span className="truncate font-medium">{file.name}</span>
        <span className="numeric shrink-0 text-ink-3">{formatBytes(file.size)}</span>
      </p>
      <div className="grid max-w-2xl gap-x-4 sm:grid-cols-2">
        <Field label="Name">
          {(control) => (
            <TextInput {...control} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        {isJsonLines(file.name) && (
          <Field label="Field that holds the text">
            {(control) => (
              <TextInput
                {...control}
                maxLength={100}
                value={field}
                onChange={(event) => setField(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
      {upload.isError && <InlineError title="Not added." error={upload.error} />}
      {upload.isPending ? (
        <div className="flex flex-wrap items-center gap-3">
          <div className="w-60 max-w-full">
            <ProgressBar share={sent / Math.max(file.size, 1)} label="Upload" />
          </div>
          <span className="numeric text-ink-2" aria-live="polite">
            {sent >= file.size
              ? 'Being read and checked'
              : `${formatBytes(Math.min(sent, file.size))} of ${formatBytes(file.size)}`}
          </span>
          <Button kind="quiet" onClick={() => aborting.current.abort()}>
            Stop
          </Button>
        </div>
      ) : (
        <div className="flex gap-2">
          <Button type="submit" kind="primary">
            Add dataset
          </Button>
          <Button onClick={onDone}>Choose another file</Button>
        </div>
      )}
    </form>
  );
}
