package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
)

// The window's height in pixels of CSS, and how many of the picture's pixels each
// has per side. It is tall enough for every summary; what stays empty is cut
// off.
const (
	windowHeight = 4000
	density      = 2
	border       = 20 // of background around the box, in pixels of CSS
)

// take opens the page, so wide, in a browser without a window and returns a PNG of it.
func take(ctx context.Context, browser string, width int, html []byte) ([]byte, error) {
	folder, err := os.MkdirTemp("", "shots")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	page, shown := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.png")
	if err := os.WriteFile(page, html, 0o600); err != nil {
		return nil, err
	}
	// No sandbox, so that root can run it; and nothing that asks the network.
	cmd := exec.CommandContext(ctx, browser,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+filepath.Join(folder, "profile"),
		fmt.Sprintf("--window-size=%d,%d", width, windowHeight),
		fmt.Sprintf("--force-device-scale-factor=%d", density),
		"--screenshot="+shown, "file://"+page)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", browser, err, out)
	}
	raw, err := os.ReadFile(shown)
	if err != nil {
		return nil, err
	}
	whole, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	var cut bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&cut, withoutRest(whole)); err != nil {
		return nil, err
	}
	return cut.Bytes(), nil
}

// withoutRest cuts the background below the box off, but for a border.
func withoutRest(whole image.Image) image.Image {
	bounds := whole.Bounds()
	background := whole.At(bounds.Min.X, bounds.Min.Y)
	last := bounds.Max.Y
	for last > bounds.Min.Y && plain(whole, last-1, background) {
		last--
	}
	part := image.Rect(bounds.Min.X, bounds.Min.Y, bounds.Max.X, min(last+border*density, bounds.Max.Y))
	cut := image.NewRGBA(part)
	draw.Draw(cut, part, whole, part.Min, draw.Src)
	return cut
}

// plain reports whether a row is all background.
func plain(whole image.Image, row int, background color.Color) bool {
	for x := whole.Bounds().Min.X; x < whole.Bounds().Max.X; x++ {
		if whole.At(x, row) != background {
			return false
		}
	}
	return true
}
