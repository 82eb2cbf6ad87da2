'use client';

import type { DictionarySource } from '@featurescope/contracts';
import { useMutation } from '@tanstack/react-query';
import { FolderOpen, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { uploadDictionary } from '../api/upload-dictionary.ts';
import { Button } from '../ui/Button.tsx';
import { formatBytes } from '../ui/format.ts';
import { ProgressBar } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';
import { type DictionaryFiles, dictionaryFilesOf } from './chosen-files.ts';

interface UploadFilesProps {
  /** What files of a dictionary are called. */
  fileNames: string[];
  onChange: (source: DictionarySource | null) => void;
}

/** Files or a folder from this browser, sent as soon as they are chosen. */
export function UploadFiles({ fileNames, onChange }: UploadFilesProps) {
  const filesInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const aborting = useRef(new AbortController());
  const [problem, setProblem] = useState<string | null>(null);
  const [sent, setSent] = useState(0);
  const upload = useMutation({
    mutationFn: (chosen: DictionaryFiles<File>) => {
      aborting.current = new AbortController();
      setSent(0);
      return uploadDictionary({ ...chosen, onProgress: setSent, signal: aborting.current.signal });
    },
    onSuccess: ({ uploadId }) => onChange({ kind: 'upload', uploadId }),
  });
  const choose = (input: HTMLInputElement) => {
    const chosen = dictionaryFilesOf([...(input.files ?? [])], fileNames);
    input.value = '';
    onChange(null);
    upload.reset();
    setProblem(typeof chosen === 'string' ? chosen : null);
    if (typeof chosen !== 'string') upload.mutate(chosen);
  };
  const files = upload.variables?.files ?? [];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <div className="flex flex-col gap-3">
      <input
        ref={filesInput}
        type="file"
        multiple
        aria-label="Files of a dictionary"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => choose(event.target)}
      />
      <input
        ref={(input) => {
          folderInput.current = input;
          // React has no property for it.
          input?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        aria-label="Folder of a dictionary"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => choose(event.target)}
      />
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => filesInput.current?.click()} disabled={upload.isPending}>
          <Upload size={14} aria-hidden />
          Choose files
        </Button>
        <Button onClick={() => folderInput.current?.click()} disabled={upload.isPending}>
          <FolderOpen size={14} aria-hidden />
          Choose a folder
        </Button>
      </div>
      {files.length > 0 && (
        <ul>
          {files.map((file) => (
            <li key={file.name} className="flex gap-3">
              <code className="min-w-0 truncate text-[13px]">{file.name}</code>
              <span className="numeric text-ink-3">{formatBytes(file.size)}</span>
            </li>
          ))}
        </ul>
      )}
      {upload.isPending && (
        <div className="flex flex-wrap items-center gap-3">
          <div className="w-60 max-w-full">
            <ProgressBar share={sent / Math.max(total, 1)} label="Upload" />
          </div>
          <span className="numeric text-ink-2" aria-live="polite">
            {formatBytes(Math.min(sent, total))} of {formatBytes(total)}
          </span>
          <Button kind="quiet" onClick={() => aborting.current.abort()}>
            Stop
          </Button>
        </div>
      )}
      {problem && (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
      {upload.isError && <InlineError title="Not taken." error={upload.error} />}
    </div>
  );
}
