package migrations

import (
	"context"
	"database/sql"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// The number of this file, and the version of River's schema after it. A newer version of River's schema needs a new
// migration.
const (
	emailQueueVersion = 6
	riverVersion      = 8
)

// emailQueue creates River's tables, which hold the queue of e-mails, and grants the application what River needs. Each
// of River's own migrations runs in a transaction and is recorded, so an interrupted run resumes where it stopped.
func emailQueue(pool *pgxpool.Pool) *goose.Migration {
	return goose.NewGoMigration(emailQueueVersion,
		&goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
			if err := river(ctx, pool, rivermigrate.DirectionUp, riverVersion); err != nil {
				return err
			}
			_, err := db.ExecContext(ctx, `
				GRANT SELECT, INSERT, UPDATE, DELETE ON river_job, river_leader, river_queue, river_notification TO areariservata;
				GRANT USAGE ON SEQUENCE river_job_id_seq, river_notification_id_seq TO areariservata`)
			return err
		}},
		&goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
			return river(ctx, pool, rivermigrate.DirectionDown, -1) // drops the tables, and the grants with them
		}})
}

func river(ctx context.Context, pool *pgxpool.Pool, direction rivermigrate.Direction, target int) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, direction, &rivermigrate.MigrateOpts{TargetVersion: target})
	return err
}
