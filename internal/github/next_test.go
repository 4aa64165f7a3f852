package github

import (
	"testing"
	"time"
)

var (
	bot = Account{ID: 1, Login: "bot[bot]"}
	eve = Account{ID: 2, Login: "eve"}
)

// by is a comment as it was found: its text stands for itself.
func by(a Account, id, run int64, text string) found {
	return found{id: id, author: a, run: Run{run, 1}, text: fingerprint(text)}
}

func TestNext(t *testing.T) {
	t.Parallel()
	unknown, asked, known := newMemory(), newMemory(), newMemory()
	asked.asked, known.author = true, bot
	probed := known.learnt(step{kind: stepCreate}, by(bot, 9, 5, "mine"), false)
	tired := known
	for range bounds[stepEdit] {
		tired = tired.took(step{kind: stepEdit})
	}
	mine := wanted{create: true, run: Run{5, 1}, text: fingerprint("mine")}
	quiet := mine
	quiet.create = false
	for name, c := range map[string]struct {
		w     wanted
		there []found
		m     memory
		want  stepKind
		to    int64
		over  bool
	}{
		"nothing there, nothing to say":       {quiet, nil, unknown, stepDone, 0, false},
		"nothing there":                       {mine, nil, unknown, stepCreate, 0, false},
		"somebody's":                          {mine, []found{by(eve, 1, 4, "x")}, unknown, stepAsk, 0, false},
		"somebody's, nobody tells who we are": {mine, []found{by(eve, 1, 4, "x")}, asked, stepCreate, 0, false},
		"the same, with nothing to begin":     {quiet, []found{by(eve, 1, 4, "x")}, asked, stepCreate, 0, false},
		"planted":                             {mine, []found{by(eve, 1, 4, "x")}, known, stepCreate, 0, false},
		"planted, nothing to say":             {quiet, []found{by(eve, 1, 4, "x")}, known, stepDone, 0, false},
		"ours, another text":                  {mine, []found{by(bot, 1, 4, "x")}, known, stepEdit, 1, false},
		"ours, nothing to begin":              {quiet, []found{by(bot, 1, 4, "x")}, known, stepEdit, 1, false},
		"ours, the same text":                 {mine, []found{by(bot, 1, 4, "mine")}, known, stepDone, 1, false},
		"ours, of the same run":               {mine, []found{by(bot, 1, 5, "x")}, known, stepEdit, 1, false},
		"a newer run's":                       {mine, []found{by(bot, 1, 6, "x")}, known, stepDone, 1, true},
		"a newer run's, the same text":        {mine, []found{by(bot, 1, 6, "mine")}, known, stepDone, 1, false},
		"two of ours":                         {mine, []found{by(bot, 1, 4, "x"), by(bot, 2, 5, "mine")}, known, stepEdit, 1, false},
		"two of ours, both good":              {mine, []found{by(bot, 1, 5, "mine"), by(bot, 2, 5, "mine")}, known, stepDelete, 2, false},
		"a newer run's beside ours":           {mine, []found{by(bot, 1, 5, "mine"), by(bot, 2, 6, "x")}, known, stepCarry, 1, false},
		"carried over":                        {mine, []found{by(bot, 1, 6, "x"), by(bot, 2, 6, "x")}, known, stepDelete, 2, false},
		"planted between two of ours": {
			mine, []found{by(bot, 1, 5, "mine"), by(eve, 2, 9, "x"), by(bot, 3, 5, "mine")}, known, stepDelete, 3, false,
		},
		"our name was all that was to be learnt": {quiet, []found{by(eve, 1, 4, "x"), by(bot, 9, 5, "mine")}, probed, stepDelete, 9, false},
		"our name, and an older one of ours":     {quiet, []found{by(bot, 1, 4, "x"), by(bot, 9, 5, "mine")}, probed, stepEdit, 1, false},
		"again and again":                        {mine, []found{by(bot, 1, 5, "x")}, tired, stepGiveUp, 1, false},
	} {
		if got := next(c.w, c.there, c.m); got.kind != c.want || got.to.id != c.to || got.over != c.over {
			t.Errorf("%s: %s %d, over %t", name, got.kind, got.to.id, got.over)
		}
	}
}

// What GitHub answered to a write counts until a list is as new, and what is deleted
// stays so.
func TestView(t *testing.T) {
	t.Parallel()
	at := func(f found, second int64) found { f.updated = time.Unix(second, 0); return f }
	m := newMemory().learnt(step{kind: stepEdit}, at(by(bot, 3, 5, "edited"), 10), false).
		learnt(step{kind: stepCreate}, at(by(bot, 7, 5, "new"), 11), false).
		learnt(step{kind: stepDelete, to: found{id: 4}}, found{}, true).
		learnt(step{kind: stepCarry}, found{}, false)
	listed := []found{at(by(bot, 4, 1, "gone"), 1), at(by(bot, 3, 4, "old"), 9)}
	got := m.view(listed)
	if len(got) != 2 || got[0].text != fingerprint("edited") || got[1].id != 7 {
		t.Errorf("%+v", got)
	}
	listed[1] = at(by(bot, 3, 6, "newer"), 10)
	if got := m.view(listed); got[0].text != fingerprint("newer") {
		t.Errorf("%+v", got)
	}
}

func TestAccountIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b Account
		want bool
	}{
		{Account{1, "a"}, Account{1, "renamed"}, true}, {Account{1, "a"}, Account{2, "a"}, false},
		{Account{0, "A[bot]"}, Account{2, "a[bot]"}, true}, {Account{0, "a"}, Account{2, "a[bot]"}, false},
		{Account{}, Account{}, false}, {Account{}, Account{1, ""}, false},
	} {
		if got := c.a.Is(c.b); got != c.want {
			t.Errorf("%v %v: %t", c.a, c.b, got)
		}
	}
}
