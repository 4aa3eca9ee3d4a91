import { PROTOCOLS } from '../domain/policy/rule.ts'
import type { ExplanationView } from '../http/explanation-view.ts'
import type { PolicyDifference, PolicyView } from '../http/policy-document.ts'
import { type Call, type Command, JSON_OPTION, numberIn, show, wrong } from './command.ts'
import { differenceText } from './difference-text.ts'
import { editPolicy } from './edit-policy.ts'
import { formatPolicy, readPolicyFile } from './policy-file.ts'
import { explanationText } from './policy-text.ts'

const json = { json: JSON_OPTION }
const DRY_RUN = { meaning: 'only say what would become another' }

const SHOW: Command = {
  words: ['policy', 'show'],
  operands: [],
  meaning: 'print the whole policy as YAML, for "policy apply"',
  options: json,
  examples: ['vpnunit policy show >policy.yaml', 'vpnunit policy show --json | jq .default'],
  run: async (call) => {
    const policy = await call.api.json<PolicyView>('GET', '/policy')
    const text = call.switches.has('json') ? '' : await formatPolicy(policy)
    show(call, policy, () => text)
  },
}

const APPLY: Command = {
  words: ['policy', 'apply'],
  operands: ['file'],
  meaning: 'make a file, YAML or JSON, the whole policy: what is not in it is gone',
  options: { 'dry-run': DRY_RUN, ...json },
  examples: ['vpnunit policy apply policy.yaml --dry-run', 'vpnunit policy apply policy.yaml'],
  run: async (call) => {
    const isDry = call.switches.has('dry-run')
    const difference = await put(call, await readPolicyFile(call.operands[0] ?? ''), isDry)
    show(call, difference, () => differenceText(difference, isDry))
  },
}

const TEST: Command = {
  words: ['policy', 'test'],
  operands: ['file?'],
  meaning: 'see whether the policy, or a file, does what its tests say',
  options: json,
  examples: ['vpnunit policy test', 'vpnunit policy test policy.yaml'],
  exit: '0 every test passes, 1 one fails or the policy is refused, 2 wrong usage, 3 the service can’t be reached',
  run: async (call) => {
    const [file] = call.operands
    const policy = file === undefined ? await call.api.json('GET', '/policy') : await readPolicyFile(file)
    await put(call, policy, true)
    const tests = (policy as Partial<PolicyView>).tests?.length ?? 0
    show(call, { passed: tests }, () => `${tests} of ${tests} tests pass\n`)
  },
}

const EDIT: Command = {
  words: ['policy', 'edit'],
  operands: [],
  meaning: 'edit the policy in $EDITOR, unless somebody else is faster',
  options: json,
  examples: ['vpnunit policy edit', 'EDITOR=nano vpnunit policy edit'],
  run: editPolicy,
}

const EXPLAIN: Command = {
  words: ['policy', 'explain'],
  operands: [],
  meaning: 'say whether a connection is allowed, and which rule decides',
  options: {
    from: { meaning: 'who connects, in the words of a rule’s peer', value: 'peer', isNeeded: true },
    to: { meaning: 'to whom', value: 'peer', isNeeded: true },
    protocol: { meaning: 'tcp when it is not given', value: 'protocol', choices: PROTOCOLS },
    port: { meaning: 'the one that is connected to', value: 'n' },
    policy: { meaning: 'with the policy in this file, not with today’s', value: 'file' },
    ...json,
  },
  examples: [
    'vpnunit policy explain --from user:johndoe --to internet --port 443',
    'vpnunit policy explain --from group:dev --to gateway:nas.johndoe.example.org --port 22 --policy policy.yaml',
  ],
  run: async (call) => {
    const { from, to, protocol = 'tcp', policy: file } = call.values
    const policy = file === undefined ? undefined : await readPolicyFile(file)
    const question = { from, to, protocol, port: numberIn(call, 'port'), policy }
    const explanation = await call.api.json<ExplanationView>('POST', '/policy/explain', question)
    show(call, explanation, (said) => explanationText(said, call.values))
  },
}

const DEFAULT: Command = {
  words: ['policy', 'default'],
  operands: ['open|closed?'],
  meaning: 'say, or set, what holds where no rule says anything',
  options: json,
  examples: ['vpnunit policy default', 'vpnunit policy default closed'],
  run: async (call) => {
    const [wanted] = call.operands
    if (wanted !== undefined && wanted !== 'open' && wanted !== 'closed') throw wrong(DEFAULT, 'takes open or closed')
    const policy = await (wanted === undefined
      ? call.api.json<PolicyView>('GET', '/policy')
      : call.api.json<PolicyView>('PATCH', '/policy', { default: wanted }))
    show(call, { default: policy.default }, (said) => `${said.default}\n`)
  },
}

const IMPORT: Command = {
  words: ['policy', 'import-dynvpn'],
  operands: ['file'],
  meaning: 'take over groups and members from dynVPN’s acl_members',
  options: {
    'create-users': { meaning: 'create the users that are not there' },
    'dry-run': DRY_RUN,
    ...json,
  },
  examples: [
    'vpnunit policy import-dynvpn acl_members --dry-run',
    'vpnunit policy import-dynvpn acl_members --create-users',
  ],
  run: async (call) => {
    const { importDynvpn } = await import('./import-dynvpn.ts')
    await importDynvpn(call, call.operands[0] ?? '')
  },
}

/** vpnunit policy … */
export const POLICY_COMMANDS: readonly Command[] = [SHOW, APPLY, TEST, EDIT, EXPLAIN, DEFAULT, IMPORT]

function put({ api }: Call, policy: unknown, isDry: boolean): Promise<PolicyDifference> {
  return api.json<PolicyDifference>('PUT', isDry ? '/policy?dryRun=true' : '/policy', policy)
}
