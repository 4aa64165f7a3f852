package reconcile

import (
	"context"
	"errors"
	"sync/atomic"
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
			m := newMemory()
			var at atomic.Int32
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
					at.Add(1)
					<-ctx.Done()
					release()
				}()
			}
			synctest.Wait()
			if int(at.Load()) != c.want {
				t.Errorf("%s: %d at once, want %d", name, at.Load(), c.want)
			}
			cancel(cause)
			synctest.Wait()
		})
	}
}
