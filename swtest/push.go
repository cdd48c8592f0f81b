package swtest

import (
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/jsvm"
)

// subscription is a push subscription. Its keys are of the right form; nobody
// encrypts with them, since Registration.Push delivers without a push service.
type subscription struct {
	Endpoint             string `json:"endpoint"`
	ExpirationTime       *int64 `json:"expirationTime"`
	UserVisibleOnly      bool   `json:"userVisibleOnly"`
	ApplicationServerKey string `json:"applicationServerKey"`
	P256dh               string `json:"p256dh"`
	Auth                 string `json:"auth"`
}

// subscribeOptions are PushSubscriptionOptionsInit.
type subscribeOptions struct {
	UserVisibleOnly      bool    `json:"userVisibleOnly"`
	ApplicationServerKey *string `json:"applicationServerKey"`
}

// withoutKey is what Chromium says when there is no applicationServerKey.
func (a *agent) withoutKey() error {
	missing := "manifest empty or missing"
	if a.worker != nil || a.client.dedicated != nil {
		missing = "gcm_sender_id not found in manifest"
	}
	return exception("AbortError", "Registration failed - missing applicationServerKey, and %s", missing)
}

func askedSubscribe(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	var o subscribeOptions
	if err := p.into(1, &o); err != nil {
		done(nil, err)
		return
	}
	switch {
	case r == nil || r.active == nil:
		done(nil, exception("AbortError", "Failed to execute 'subscribe' on 'PushManager': Subscription failed - no active Service Worker"))
	case o.ApplicationServerKey == nil:
		done(nil, a.withoutKey())
	case !o.UserVisibleOnly, a.origin.permission("push") != "granted":
		done(nil, exception("NotAllowedError", "Registration failed - permission denied"))
	case r.subscription != nil:
		s := r.subscription
		if s.ApplicationServerKey != *o.ApplicationServerKey {
			done(nil, exception("InvalidStateError", "Failed to execute 'subscribe' on 'PushManager': Registration failed - A subscription with a different applicationServerKey (or gcm_sender_id) already exists; to change the applicationServerKey, unsubscribe then resubscribe."))
			return
		}
		done(s, nil)
	default:
		r.subscription = a.browser.subscription(*o.ApplicationServerKey)
		done(r.subscription, nil)
	}
}

// subscription makes one with keys and an address of its own.
func (b *Browser) subscription(serverKey string) *subscription {
	key := make([]byte, 65+16)
	_, _ = b.random.Read(key)
	key[0] = 4
	return &subscription{
		Endpoint:        "https://push.invalid/" + b.uuid(),
		UserVisibleOnly: true, ApplicationServerKey: serverKey,
		P256dh: base64.RawURLEncoding.EncodeToString(key[:65]), Auth: base64.RawURLEncoding.EncodeToString(key[65:]),
	}
}

// askedPushPermission is PushManager.permissionState.
func askedPushPermission(a *agent, p params, done func(any, error)) {
	var o subscribeOptions
	if err := p.into(1, &o); err != nil {
		done(nil, err)
	} else if !o.UserVisibleOnly {
		done(nil, exception("NotSupportedError", "Push subscriptions that don't enable userVisibleOnly are not supported."))
	} else {
		done(a.origin.permission("push"), nil)
	}
}

func askedSubscription(a *agent, p params, done func(any, error)) {
	if r := a.browser.registration(p.num(0)); r != nil && r.subscription != nil {
		done(r.subscription, nil)
		return
	}
	done(jsvm.Null, nil)
}

func askedUnsubscribe(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	if r == nil || r.subscription == nil || r.subscription.Endpoint != p.str(1) {
		done(false, nil)
		return
	}
	r.subscription = nil
	done(true, nil)
}

// notification is one that is shown to the user.
type notification struct {
	id     int
	origin *origin
	reg    *registration // nil: a page's own
	client *client
	fields map[string]any
}

// notificationPermission is the state as the Notifications API names it.
func (o *origin) notificationPermission() string {
	if state := o.permission("notifications"); state != "prompt" {
		return state
	}
	return "default"
}

func askedShow(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	var fields map[string]any
	if err := p.into(1, &fields); err != nil {
		done(nil, err)
		return
	}
	switch {
	case a.origin.permission("notifications") != "granted":
		done(nil, exception("TypeError", "Failed to execute 'showNotification' on 'ServiceWorkerRegistration': No notification permission has been granted for this origin."))
		return
	case p.num(0) != 0 && (r == nil || r.active == nil):
		done(nil, exception("TypeError", "Failed to execute 'showNotification' on 'ServiceWorkerRegistration': No active registration available on the ServiceWorkerRegistration."))
		return
	}
	o := a.origin
	if tag, _ := fields["tag"].(string); tag != "" {
		o.closeNotifications(func(n *notification) bool { return n.fields["tag"] == tag })
	}
	n := &notification{id: a.browser.id(), origin: o, reg: r, client: a.client, fields: fields}
	fields["id"] = n.id
	o.notifications = append(o.notifications, n)
	a.browser.note("client", a.String(), "shows the notification %q", fields["title"])
	done(n.id, nil)
}

func askedList(a *agent, p params, done func(any, error)) {
	records := []any{}
	for _, n := range a.origin.notifications {
		if n.reg != nil && n.reg.id == p.num(0) && (p.str(1) == "" || n.fields["tag"] == p.str(1)) {
			records = append(records, n.fields)
		}
	}
	done(records, nil)
}

func toldNotificationClose(a *agent, p params) (any, error) {
	a.origin.closeNotifications(func(n *notification) bool { return n.id == p.num(0) })
	return nil, nil
}

// closeNotifications takes notifications out of view, and tells the pages whose
// own they were.
func (o *origin) closeNotifications(match func(*notification) bool) {
	o.notifications = slices.DeleteFunc(o.notifications, func(n *notification) bool {
		if !match(n) {
			return false
		}
		n.tellPage("close")
		return true
	})
}

// tellPage fires an event at a page's own notification.
func (n *notification) tellPage(kind string) {
	if n.reg == nil {
		n.client.browser.loop.Post(func() { dispatch(n.client.realm, "notification", n.id, kind) })
	}
}

// Notification is a notification that the user sees.
type Notification struct {
	browser     *Browser
	n           *notification
	Title, Body string
	Tag         string
	// Actions are the names of its buttons.
	Actions []string
}

// Notifications are the notifications in view, of all origins.
func (b *Browser) Notifications() []*Notification {
	var list []*Notification
	for _, name := range sortedKeys(b.origins) {
		for _, n := range b.origins[name].notifications {
			seen := &Notification{browser: b, n: n}
			seen.Title, _ = n.fields["title"].(string)
			seen.Body, _ = n.fields["body"].(string)
			seen.Tag, _ = n.fields["tag"].(string)
			actions, _ := n.fields["actions"].([]any)
			for _, a := range actions {
				if fields, ok := a.(map[string]any); ok {
					name, _ := fields["action"].(string)
					seen.Actions = append(seen.Actions, name)
				}
			}
			list = append(list, seen)
		}
	}
	return list
}

// Click is the user's click on the notification, action "", or on one of its
// buttons, and waits until the worker or page is done with the event. The error
// says that nobody takes it, or how the worker's event failed.
func (n *Notification) Click(action string) error {
	if n.n.reg == nil {
		return n.page("click")
	}
	return n.browser.functional(n.n.reg, "notificationclick", func(w *worker) { w.gesture = true }, n.n.fields, action)
}

// Dismiss is the user closing it; it waits and fails as Click does.
func (n *Notification) Dismiss() error {
	o := n.n.origin
	o.closeNotifications(func(other *notification) bool { return other == n.n })
	if n.n.reg == nil {
		return n.page("")
	}
	return n.browser.functional(n.n.reg, "notificationclose", func(*worker) {}, n.n.fields)
}

// page fires an event, if not "", at a page's own notification and lets the
// page take what happened to it.
func (n *Notification) page(kind string) error {
	if n.n.client.gone {
		return fmt.Errorf("the page that showed the notification %q is gone", n.Title)
	}
	if kind != "" {
		n.n.tellPage(kind)
	}
	n.browser.Advance(0)
	return nil
}

// functional fires a functional event and waits until it is over.
func (b *Browser) functional(r *registration, kind string, before func(*worker), args ...any) error {
	failed, err := do(b, func(co *eventloop.Co) error {
		if r.active != nil {
			before(r.active)
		}
		e, fired := r.functional(co, kind, args...)
		if !fired {
			return fmt.Errorf("the worker of %s has no listener for %s", r.scope, kind)
		}
		if o := eventloop.Await(co, e.over); !o.ok {
			return fmt.Errorf("the %s event failed: %s", kind, o.reason)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return failed
}

// Push delivers a push message, data nil for one without, and waits until the
// worker is done with it. It needs no subscription. The error says that nobody
// listens, or how the event failed.
func (r *Registration) Push(data []byte) error {
	var payload any = jsvm.Null
	if data != nil {
		payload = data
	}
	return r.browser.functional(r.reg, "push", func(*worker) {}, payload)
}

// RenewSubscription replaces the push subscription, as a push service may, and
// waits until the worker is done with the event that tells it.
func (r *Registration) RenewSubscription() error {
	old := r.reg.subscription
	if old == nil {
		return fmt.Errorf("%s has no push subscription", r.reg.scope)
	}
	r.reg.subscription = r.browser.subscription(old.ApplicationServerKey)
	return r.browser.functional(r.reg, "pushsubscriptionchange", func(*worker) {}, r.reg.subscription, old)
}
