package reconcile

import (
	"bytes"
	"compress/flate"
	"context"
	"sync"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/delivery"
	"postman-microcks-importer/internal/plan"
	"postman-microcks-importer/internal/predict"
)

// shelf keeps the collections of a run. The first ones stay as they were read;
// what is beyond the budget is kept compressed and read again when it is asked
// for, so that memory does not grow with all that a thousand collections hold.
type shelf struct {
	guard sync.Mutex
	left  int // bytes of memory that documents may still keep
}

// shelfBudget is how many bytes of memory documents may keep. One takes about
// five times its input, and one that is made for it forty times.
const shelfBudget = 80 << 20

func newShelf() *shelf { return &shelf{left: shelfBudget} }

// put keeps a document, and returns what brings it back; again makes it of its source.
func (s *shelf) put(ctx context.Context, doc plan.Document, takes int, again form) func() plan.Document {
	raw, options := doc.From.Source(), doc.Options
	takes += len(raw)
	if again.kind != asItIs {
		takes += len(doc.Raw)
	}
	s.guard.Lock()
	stays := takes <= s.left
	if stays {
		s.left -= takes
	}
	s.guard.Unlock()
	if stays {
		return func() plan.Document { return doc }
	}
	size := len(raw)
	packed := pack(raw)
	return func() plan.Document {
		from, err := again.of(ctx, unpack(packed, size))
		if err != nil { // the run ends
			from = delivery.AsIs(nil)
		}
		return plan.Document{Document: predict.ReadWithin(budget.New(ctx), from.Raw, options), From: from}
	}
}

func pack(raw []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		panic("a level that there is: " + err.Error())
	}
	_, _ = w.Write(raw) // to memory
	_ = w.Close()
	return bytes.Clone(b.Bytes())
}

func unpack(packed []byte, size int) []byte {
	raw := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, _ = raw.ReadFrom(flate.NewReader(bytes.NewReader(packed))) // what pack wrote
	return raw.Bytes()
}
