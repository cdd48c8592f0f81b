package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Resize gives the tab's page another size, in CSS pixels.
func (t *Tab) Resize(width, height int) error {
	return t.command("resize", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: int64(height), DeviceScaleFactor: 1,
		})
		return err
	})
}

// Prefer makes a media feature such as prefers-color-scheme have a value.
func (t *Tab) Prefer(feature, value string) error {
	return t.command("emulate "+feature, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
		})
		return err
	})
}

// keys are the virtual key codes of keys that tests press, and the text that comes with some.
var keys = map[string]struct {
	code int64
	text string
}{
	"Tab": {9, ""}, "Enter": {13, "\r"}, "Escape": {27, ""}, "End": {35, ""}, "Home": {36, ""},
	"ArrowLeft": {37, ""}, "ArrowUp": {38, ""}, "ArrowRight": {39, ""}, "ArrowDown": {40, ""},
}

// Press presses a key, named as in KeyboardEvent.key, and releases it.
func (t *Tab) Press(key string) error {
	k, known := keys[key]
	if !known {
		return fmt.Errorf("browsertest: no key is called %s", key)
	}
	return t.command("press "+key, func(ctx context.Context) error {
		down := input.DispatchKeyEventParams{Type: "rawKeyDown", Key: key, Code: key, WindowsVirtualKeyCode: k.code}
		if k.text != "" {
			down.Type, down.Text = "keyDown", k.text
		}
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: key, Code: key, WindowsVirtualKeyCode: k.code})
		return err
	})
}

func (t *Tab) command(what string, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(t.ctx, evalTimeout)
	defer cancel()
	if err := call(ctx); err != nil {
		return fmt.Errorf("browsertest: %s: %w", what, err)
	}
	return nil
}
