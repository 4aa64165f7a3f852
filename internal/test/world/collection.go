package world

import (
	"fmt"
	"strings"

	"postman-microcks-importer/internal/test/standin/postman"
)

// UID makes up the uid of a collection of the stand-in's first account.
func UID(n int) string {
	return fmt.Sprintf("%s-00000000-0000-4000-8000-%012d", postman.DefaultUserID, n)
}

// Collection is an export with n operations of one example each: GET /things0
// and so on.
func Collection(name, version string, n int) []byte {
	items := make([]string, n)
	for i := range items {
		request := fmt.Sprintf(`{"method":"GET","header":[],"url":{"raw":"{{base}}/things%d"}}`, i)
		items[i] = fmt.Sprintf(`{"name":"op %[1]d","request":%[2]s,"response":[{"name":"example %[1]d","originalRequest":%[2]s,`+
			`"code":200,"status":"OK","_postman_previewlanguage":"json",`+
			`"header":[{"key":"Content-Type","value":"application/json"}],"body":"{\"n\":%[1]d}"}]}`, i, request)
	}
	return fmt.Appendf(nil, `{"info":{"_postman_id":"x","name":%q,"description":"version=%s - test",`+
		`"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[%s]}`,
		name, version, strings.Join(items, ","))
}
