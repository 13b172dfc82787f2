import { switchAutomation } from '../../change/automation-enabled.ts';

export const command = switchAutomation(true);
