"""Host leases as tests set them: what stands after SET in an UPDATE of hosts."""

FREE = "lease_id = NULL, lease_until = NULL, slot_at = NULL"
HELD = "lease_id = gen_random_uuid(), lease_until = now() + interval '1 hour', slot_at = NULL"  # by somebody else
