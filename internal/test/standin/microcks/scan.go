package microcks

import (
	"context"
	"errors"
)

// scanChunk is how many jobs a scan loads at a time, and so how long it holds
// their documents.
const scanChunk = 20

// Scan does what the server's schedule does, every two hours by default: it
// asks for the ETag of every active job's source, and imports those whose tag
// is another than at the last scan, or that have none. The tag is stored
// whatever the import gave, so a source that fails with an unchanging answer
// is not tried again. An import that crashes ends the scan: Scan is false, and
// the jobs after it are not looked at.
func (s *Server) Scan(ctx context.Context) bool {
	for from := 0; from < len(all[storedJob](s, &s.jobs)); from += scanChunk {
		jobs := all[storedJob](s, &s.jobs)
		from = min(from, len(jobs))
		for _, j := range jobs[from:min(from+scanChunk, len(jobs))] {
			if bool(j.Active) && !s.scanJob(ctx, j) {
				return false
			}
		}
	}
	return true
}

func (s *Server) scanJob(ctx context.Context, j *storedJob) bool {
	if j.RepositoryURL == nil || j.SecretRef != nil && j.SecretRef.SecretID == nil {
		return false
	}
	var auth *storedSecret
	if j.SecretRef != nil {
		auth, _ = get[storedSecret](s, &s.secrets, string(*j.SecretRef.SecretID))
	}
	res, err := s.request(ctx, string(*j.RepositoryURL), auth)
	if errors.Is(err, errBadURL) && s.version.crashesOnBadURL() {
		return false
	}
	tag := ""
	if err == nil {
		tag = res.Header.Get("ETag")
		_ = res.Body.Close()
	}
	if tag != "" && tag == wordsOrEmpty(j.ETag) {
		return true
	}
	j.ETag = nil
	if tag != "" {
		j.ETag = ptr(words(tag))
	}
	return s.runJob(ctx, j)
}
