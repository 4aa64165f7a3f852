package reconcile

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestLargeCollectionsAreJudgedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	const large, small = 16 << 20, 100 << 10
	for name, c := range map[string]struct {
		size, want int // of ten, how many at once
	}{
		"large": {large, 1}, "small": {small, 10},
	} {
		synctest.Test(t, func(t *testing.T) {
			m, at := newMemory(), 0
			ctx, cancel := context.WithCancelCause(t.Context())
			cause := errors.New("over")
			for range 10 {
				go func() {
					release, err := m.take(ctx, c.size)
					if err != nil {
						if !errors.Is(err, cause) {
							t.Error(err)
						}
						return
					}
					at++
					<-ctx.Done()
					release()
				}()
			}
			synctest.Wait()
			if at != c.want {
				t.Errorf("%s: %d at once, want %d", name, at, c.want)
			}
			cancel(cause)
			synctest.Wait()
		})
	}
}
