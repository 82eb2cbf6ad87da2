'use client';

import type { DictionaryDirectoryList, DictionarySource } from '@featurescope/contracts';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field, SelectInput, TextInput } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { HubDictionaries } from './HubDictionaries.tsx';
import { UploadFiles } from './UploadFiles.tsx';

interface SourceCardProps {
  found: DictionaryDirectoryList;
  source: DictionarySource | null;
  onChange: (source: DictionarySource | null) => void;
}

/** Where the files are: a directory of the machine that featurescope runs on, this browser's, or a hub's. */
export function SourceCard({ found, source, onChange }: SourceCardProps) {
  const [kind, setKind] = useState<DictionarySource['kind']>(found.directories.length > 0 ? 'directory' : 'upload');
  return (
    <Panel
      title="Files"
      aside={
        <SegmentedControl
          label="Where the files are"
          value={kind}
          options={[
            { value: 'directory', label: 'On the server' },
            { value: 'upload', label: 'Upload' },
            { value: 'hub', label: 'From the hub' },
          ]}
          onChange={(next) => {
            setKind(next);
            onChange(null);
          }}
        />
      }
    >
      {kind === 'directory' ? (
        <DirectoryChoice found={found} source={source} onChange={onChange} />
      ) : kind === 'hub' ? (
        <HubDictionaries onChange={onChange} />
      ) : (
        <UploadFiles fileNames={found.fileNames} onChange={onChange} />
      )}
      <p className="mt-2 text-xs text-ink-3">
        Read are SAELens, Gemma Scope, sparsify and dictionary_learning: safetensors and npz, never pickles (.pt, .bin).
      </p>
    </Panel>
  );
}

function DirectoryChoice({ found, source, onChange }: SourceCardProps) {
  const { directories, roots } = found;
  const chosen = source?.kind === 'directory' ? source.path : '';
  const [path, setPath] = useState('');
  return (
    <>
      {directories.length > 0 && (
        <Field label="Found there">
          {(control) => (
            <SelectInput
              {...control}
              value={directories.some((directory) => directory.path === chosen) ? chosen : ''}
              onChange={(event) => {
                setPath(event.target.value);
                onChange(event.target.value === '' ? null : { kind: 'directory', path: event.target.value });
              }}
            >
              <option value="">Choose a dictionary</option>
              {directories.map((directory) => (
                <option key={directory.path} value={directory.path}>
                  {directory.path} ({formatBytes(directory.sizeBytes)})
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      )}
      <Field label="Directory" hint={`Below ${roots.join(' or ')}`}>
        {(control) => (
          <span className="flex gap-2">
            <TextInput
              {...control}
              className="font-mono text-[13px]"
              placeholder="release/layer_20"
              value={path}
              onChange={(event) => setPath(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                // Inspection comes before the form is sent.
                event.preventDefault();
                if (path.trim()) onChange({ kind: 'directory', path: path.trim() });
              }}
            />
            <Button
              disabled={path.trim() === '' || path.trim() === chosen}
              onClick={() => onChange({ kind: 'directory', path: path.trim() })}
            >
              Look inside
            </Button>
          </span>
        )}
      </Field>
    </>
  );
}
