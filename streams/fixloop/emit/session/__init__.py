"""Which session a process belongs to, so that an agent's hook and the tests in its shell meet in one."""
