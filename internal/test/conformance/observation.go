package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// observation is what a server made of one input.
type observation struct {
	File            string           `json:"file"`
	StartStatus     int              `json:"startStatus"`
	StartBody       string           `json:"startBody,omitempty"`
	LastImportError *string          `json:"lastImportError"`
	ServiceRefs     []serviceRef     `json:"serviceRefs"`
	Services        []observedServer `json:"services"`
}

type serviceRef struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Bound   bool   `json:"bound"` // has a serviceId
}

type observedServer struct {
	Name       string              `json:"name"`
	Version    string              `json:"version"`
	Type       string              `json:"type"`
	Operations []observedOperation `json:"operations"`
}

type observedOperation struct {
	Name            string            `json:"name"`
	Method          *string           `json:"method"`
	Dispatcher      *string           `json:"dispatcher"`
	DispatcherRules *string           `json:"dispatcherRules"`
	Override        bool              `json:"override,omitempty"`
	ResourcePaths   []string          `json:"resourcePaths"`
	Examples        []observedExample `json:"examples"`
}

type observedExample struct {
	Name             *string `json:"name"`
	Status           *string `json:"status"`
	MediaType        *string `json:"mediaType"`
	DispatchCriteria *string `json:"dispatchCriteria"`
	RequestContent   *string `json:"requestContent"`
	ResponseContent  *string `json:"responseContent"`
	Source           bool    `json:"source"` // its sourceArtifact is the uid

	mediaTypes []string // of a prediction that leaves it open
}

// readObservations reads a file of observations; startBody may be any JSON.
func readObservations(file string) ([]observation, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading observations: %w", err)
	}
	var all []observation
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, len(raw)+1)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var o struct {
			observation
			StartBody json.RawMessage `json:"startBody"`
		}
		if err := json.Unmarshal(line, &o); err != nil {
			return nil, fmt.Errorf("reading observations: %s line %d: %w", file, n, err)
		}
		all = append(all, o.observation)
	}
	return all, lines.Err()
}
