import { Text } from '@mantine/core';
import { TypedConfirm } from '../components/typed-confirm';
import { request } from '../ipc/client';
import { say } from '../stores/report';

export function ForgetKey(props: { readonly fingerprint: string; readonly onClose: () => void }) {
  const { fingerprint, onClose } = props;
  const forget = async (typed: string): Promise<void> => {
    await request('key.forget', { fingerprint, typed });
    say('The key was forgotten');
  };
  return (
    <TypedConfirm
      word={fingerprint.slice(-8)}
      wordIs="the last 8 characters of its fingerprint"
      action="Forget key"
      onConfirm={forget}
      onClose={onClose}
    >
      <div>
        <Text>
          Permafrost removes this key from this computer. Archives that open with it alone stay shut until its exported
          file is imported again.
        </Text>
        <Text className="mono" mt="sm" size="sm" style={{ overflowWrap: 'anywhere' }}>
          {fingerprint}
        </Text>
      </div>
    </TypedConfirm>
  );
}
