package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// nodeFaults reads, on one node, the settings under which an acknowledged change can be lost, and the triggers that do not
// run; empty if there are none.
const nodeFaults = `
	SELECT concat_ws(', ',
		(SELECT string_agg(name || '=off', ', ' ORDER BY name) FROM pg_settings
			WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'),
		(SELECT string_agg('trigger ' || c.relname || '.' || t.tgname || ' is disabled', ', ' ORDER BY c.relname, t.tgname)
			FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
			WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')),
		CASE WHEN current_setting('session_replication_role') = 'replica' THEN 'session_replication_role=replica' END)`

// checkNodes asks every node of a Citus cluster what [Store.Check] asks of one server, signed in as the application: so it
// also reports a node without the application's login. A database of one server has no nodes.
func (s *Store) checkNodes(ctx context.Context, fault func(string, ...any)) error {
	var isDistributed bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')`).Scan(&isDistributed)
	if err != nil || !isDistributed {
		return err
	}
	rows, err := s.pool.Query(ctx, `
		SELECT n.nodename || ':' || n.nodeport, r.success, coalesce(r.result, '')
		FROM run_command_on_all_nodes($1) r JOIN pg_dist_node n USING (nodeid) ORDER BY 1`, nodeFaults)
	if err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	var name, result string
	var answered bool
	_, err = pgx.ForEachRow(rows, []any{&name, &answered, &result}, func() error {
		if !answered || result != "" {
			fault("node %s: %s", name, result)
		}
		return nil
	})
	return err
}
