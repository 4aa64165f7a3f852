// Package github is what a pull request says and hears: its comments, labels and
// changed files, and the repository's files as they were at a commit. It is the
// only one that imports go-github.
//
// A [Client] speaks to one repository:
//
//	client, err := github.New(github.Options{
//		API:        getenv("GITHUB_API_URL"),
//		Repository: getenv("GITHUB_REPOSITORY"),
//		Token:      token,     // of an input
//		Transport:  transport, // user agent, authorities, trace, the input of the deadline
//	})
//	labels, err := client.Labels(ctx, 7)       // as they are now
//	files, err := client.Files(ctx, 7)         // files.Cut: there may be more
//	base, err := client.At(ctx, sha)           // the repository at a commit
//	newest, err := client.Head(ctx, "main")    // of a branch, as it is now
//	collection, err := base.Read(ctx, "pets.postman_collection.json")
//	outcome, err := client.Keep(ctx, goal)     // the one comment that stays current
//
// Every error has the methods Hint, Anchor and ExitCode, but for the end of the
// context and [fs.ErrNotExist], which says that a commit has no such file. A comment
// that a token may not write is no error of [Client.Keep] but an outcome, [Refused]:
// so it is on every pull request from a fork.
//
// # The comment that stays current
//
// What is the next step, and what is learnt from it, are pure functions (next.go);
// what touches GitHub is small (keep.go). As in internal/converge there is no list of
// steps, but one loop: look, take one step, look again. A comment is continued when
// it begins with the marker of its [Place] and is by the author that the token writes
// as: anybody can write a marker, so that alone proves nothing. GitHub has no
// compare-and-set. A run that wrote waits longer than another one needs from its look
// to its write, and looks again; so the text of the newest run stays, whichever run
// is the last to write. What is not promised: a run that found its text there already
// writes nothing, its number neither, so an older one that comes after it may write
// its own.
//
// # What go-github does not do
//
// Seen in v60, and made up for in client.go: a redirect to another host takes the
// token along, and a 302 makes a GET of a POST (internal/transport follows neither);
// bodies have no limit; a 429 is no rate limit; 200 without a body is an empty list or
// a comment with the id 0; a path's parts are not escaped; number 0 asks for the whole
// repository; the reason of a failure is lost when the context has ended.
//
// # What GitHub alone can prove
//
// The stand-in of internal/test/standin/github says the same as the contract tests
// beside it, which run against GitHub where they are told of a repository. These are
// assumptions until then, with where they come from:
//
//   - An installation's token, as a job's is, may not ask GET /user ("Resource not
//     accessible by integration", actions/create-github-app-token#258), but GraphQL's
//     viewer, which names its bot (marocchino/sticky-pull-request-comment asks so).
//   - The login of a bot ends in "[bot]" in both APIs' answers to it, and an id of one
//     is the same number in both (databaseId, user.id).
//   - A comment has at most 262,144 bytes of UTF-8, which the refusal calls 65536
//     characters (dead-claudia/github-limits#13). [BodyLimit] keeps to the words.
//   - A pull request lists at most 3,000 files, and does not say so when there are
//     more (docs.github.com/rest/pulls/pulls, "List pull requests files").
//   - A recursive tree has at most 100,000 entries and 7 MB, and says when it is cut
//     (docs.github.com/rest/git/trees).
//   - GET /repos/…/git/ref/heads/NAME answers one reference, whose name is the one asked for,
//     and 404 where only longer names begin with it (docs.github.com/rest/git/refs).
//   - Lists have at most 100 entries a page, and a header Link with rel="next" before
//     the last one (docs.github.com/rest/using-the-rest-api/using-pagination).
//   - A used up rate answers 403 or 429 with x-ratelimit-remaining: 0, a secondary
//     limit 403 or 429 with retry-after or its page in documentation_url
//     (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
//   - A token that may not write gets 403 for a comment; a locked conversation too.
//   - GITHUB_RUN_NUMBER grows with each run of a workflow and stays when it is run
//     again, and GITHUB_RUN_ATTEMPT grows then
//     (docs.github.com/actions/reference/workflows-and-actions/variables).
//   - A later comment of a pull request has the higher id.
//   - A text comes back as it was sent, but for line ends and white space at its end.
//   - GraphQL is at /graphql, on GitHub Enterprise Server at /api/graphql beside
//     /api/v3 (docs.github.com/enterprise-server, GITHUB_GRAPHQL_URL).
package github
