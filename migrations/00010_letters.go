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

// riverVersion is that of the queue's own schema after this step. A River that wants a newer one gets another step.
const riverVersion = 8

// letters makes the tables that the letters' queue lives in, which are River's own, and gives the application what it needs
// of them. River takes its steps one transaction each and keeps count of them: cut short, this step goes on where it was.
func letters(pool *pgxpool.Pool) *goose.Migration {
	return goose.NewGoMigration(10,
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
			return river(ctx, pool, rivermigrate.DirectionDown, -1) // with what was granted on them
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
