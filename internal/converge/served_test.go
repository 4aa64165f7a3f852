package converge

import (
	"errors"
	"strings"
	"testing"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/plan"
)

// What is kept of a look has its memory from a pot: the service, and whatever else a
// search found under its name.
func TestWhatIsKeptOfALook(t *testing.T) {
	t.Parallel()
	const room = 100_000
	text := strings.Repeat("x", 1000)
	service := microcks.Service{ID: "1", Name: "Pets", Version: "1"}
	view := &microcks.ServiceView{Service: service, Messages: map[string][]microcks.Message{}}
	view.Service.Operations = []microcks.Operation{{Name: "GET /"}}
	for range 200 {
		view.Messages["GET /"] = append(view.Messages["GET /"], microcks.Message{Request: microcks.MessageRequest{Name: text}})
	}
	labelled := service
	labelled.Metadata = &microcks.Metadata{
		Labels: map[string]string{text: text}, Annotations: map[string]string{text: text}, Unknown: microcks.Unknown{text: []byte(text)},
	}
	many := make([]microcks.Service, room/200+1)
	for name, c := range map[string]struct {
		found []microcks.Service
		view  *microcks.ServiceView
		want  error
	}{
		"nothing":                 {nil, nil, nil},
		"a service":               {[]microcks.Service{service}, nil, nil},
		"examples":                {[]microcks.Service{service}, view, budget.ErrPot},
		"services":                {many, nil, budget.ErrPot},
		"labels of a few":         {[]microcks.Service{labelled, labelled}, nil, nil},
		"labels and annotations":  {[]microcks.Service{labelled, labelled, labelled, labelled, labelled, labelled, labelled}, nil, nil},
		"what they hold together": {append(many[:room/250:room/250], labelled, labelled, labelled, labelled), nil, budget.ErrPot},
	} {
		_, err := Digest(t.Context(), c.found, c.view, budget.NewPot(room, 1).Take)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Digest(t.Context(), c.found, c.view, nil); err != nil {
			t.Errorf("%s, for nobody: %v", name, err)
		}
	}
}

// Operations of services are looked at in no list, and are not kept.
func TestOfVersion(t *testing.T) {
	t.Parallel()
	operations := []microcks.Operation{{Name: "GET /"}}
	list := []microcks.Service{
		{ID: "2", Version: "1", Operations: operations}, {ID: "3", Version: "2"}, {ID: "1", Version: "1", Operations: operations},
	}
	got := OfVersion(list, "1")
	if len(got) != 2 || got[0].ID != "1" || got[1].ID != "2" || got[0].Operations != nil || len(list[0].Operations) != 1 {
		t.Errorf("%+v", got)
	}
	s := newStandIn()
	s.services["1"] = microcks.Service{ID: "1", Name: "Pets", Version: "1", Operations: operations}
	if found, _, err := FindService(t.Context(), s, plan.Key{Name: "Pets", Version: "1"}); err != nil || found[0].Operations != nil {
		t.Errorf("%+v, %v", found, err)
	}
}
