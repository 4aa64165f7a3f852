package delivery

import (
	"path"

	"postman-microcks-importer/internal/budget"
	"postman-microcks-importer/internal/gitformat"
)

// Source is what a collection is read from: a file, or a folder in Postman's git format.
type Source struct {
	// Raw is the file; of a folder, its files one behind another.
	Raw []byte
	// Folder says what Raw is made of; nil for a file.
	Folder *Folder
}

// Folder is which files a source has.
type Folder struct {
	Path  string // of the folder, with slashes
	Files []FileOfFolder
}

// FileOfFolder is one of the files of a folder.
type FileOfFolder struct {
	Name string // its path in the folder
	Size int    // so many bytes of the source are its
}

// File is a source that is a file.
func File(raw []byte) Source { return Source{Raw: raw} }

// Add adds a file to a source that is a folder.
func (s *Source) Add(name string, raw []byte) {
	s.Folder.Files = append(s.Folder.Files, FileOfFolder{name, len(raw)})
	s.Raw = append(s.Raw, raw...)
}

// Each calls yield with the files of a folder.
func (s *Source) Each(yield func(name string, raw []byte) bool) {
	at := 0
	for _, f := range s.Folder.Files {
		if !yield(f.Name, s.Raw[at:at+f.Size:at+f.Size]) {
			return
		}
		at += f.Size
	}
}

// Make makes a document of a source by one of the functions that make one of an export,
// whose places are then those of the source. The error is that function's, a
// [*gitformat.BrokenError], or why the budget ended.
func (s Source) Make(m *budget.Meter, of func(collection []byte) (*Document, error)) (*Document, error) {
	if s.Folder == nil {
		return of(s.Raw)
	}
	read, err := gitformat.Read(m, path.Base(s.Folder.Path), s.Each)
	if err != nil {
		return nil, err
	}
	d, err := of(read.Raw)
	if err != nil {
		return nil, err
	}
	d.folder, d.path = read, s.Folder.Path
	return d, nil
}

// InFolder are the findings about the folder that the document was made of, with their
// places; none where it was made of a file.
func (d *Document) InFolder() []gitformat.Finding {
	if d.folder == nil {
		return nil
	}
	return d.folder.Findings
}

// Folder reports whether the document was made of a folder.
func (d *Document) Folder() bool { return d.folder != nil }
