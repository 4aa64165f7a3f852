package reconcile

import (
	"context"
	"net/http"

	"postman-microcks-importer/internal/converge"
	"postman-microcks-importer/internal/microcks"
	"postman-microcks-importer/internal/postman"
	"postman-microcks-importer/internal/text"
)

// Postman is what reconciling needs of the Postman API at an origin.
type Postman interface {
	// Collection is read by its access key where it has one.
	Collection(ctx context.Context, origin, uid string, accessKey text.Secret) (*postman.Collection, error)
	// Me is what the key's account says of the month's calls; not known where it says
	// nothing.
	Me(ctx context.Context, origin string) (postman.Quota, error)
}

// Calls are the calls of the Postman API, which Postman bounds, those of Microcks among
// them.
type Calls interface {
	// Take waits for the place of a download of Microcks, see [postman.Limiter.Take].
	Take(ctx context.Context) (end func(made bool), err error)
	// Month is what is left of the month's calls, as far as it is known.
	Month() postman.Quota
	// Made is how many there were.
	Made() int
}

// Microcks is what reconciling needs of a Microcks server.
type Microcks interface {
	converge.Server
	Jobs(ctx context.Context) ([]microcks.ImportJob, error)
	// Services lists all of them without their examples; complete is false when
	// there are more than most.
	Services(ctx context.Context, most int) (list []microcks.Service, complete bool, err error)
	Secret(ctx context.Context, id string) (*microcks.Secret, error)
	ImportersURL() string
	ServiceURL(id string) string
	Base() string
}

// Mocks is what calls mocks as a consumer would.
type Mocks interface {
	Call(ctx context.Context, method, below, path string, headers http.Header, body *string) (microcks.MockAnswer, error)
}
