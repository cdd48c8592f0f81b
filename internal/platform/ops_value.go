package platform

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/weburl"
)

func originOf(url string) string {
	u, err := weburl.Parse(url, "")
	if err != nil {
		return "null"
	}
	return u.Origin
}

// urlRecord is a URL as src/host.ts declares it.
func urlRecord(u weburl.URL) jsvm.Fields {
	return jsvm.Fields{
		"href", u.Href, "origin", u.Origin, "protocol", u.Protocol, "username", u.Username, "password", u.Password,
		"host", u.Host, "hostname", u.Hostname, "port", u.Port,
		"pathname", u.Pathname, "search", u.Search, "hash", u.Hash,
	}
}

func (r *Realm) valueFunctions(add func(string, function)) {
	add("urlParse", func(a arguments) (any, error) {
		u, err := weburl.Parse(a.string(0), a.string(1))
		if err != nil {
			return nil, nil
		}
		return urlRecord(u), nil
	})
	add("urlResolve", func(a arguments) (any, error) {
		u, err := weburl.Parse(a.string(0), a.string(1))
		if err != nil {
			return nil, nil
		}
		return u.Href, nil
	})
	add("urlSet", func(a arguments) (any, error) {
		u, err := weburl.Parse(a.string(0), "")
		if err != nil {
			return nil, err
		}
		return urlRecord(u.Set(a.string(1), a.string(2))), nil
	})
	add("utf8Encode", func(a arguments) (any, error) { return []byte(a.string(0)), nil })
	add("utf8Decode", func(a arguments) (any, error) {
		b := a.bytes(0)
		if a.bool(1) {
			b = bytes.TrimPrefix(b, []byte("\uFEFF"))
		}
		return decodeUTF8(b), nil
	})
	add("digest", func(a arguments) (any, error) { return digest(a.string(0), a.bytes(1)) })
	add("encodingName", func(a arguments) (any, error) {
		if e, err := htmlindex.Get(a.string(0)); err == nil {
			name, err := htmlindex.Name(e)
			return name, err
		}
		return nil, nil
	})
	add("decoderOpen", func(a arguments) (any, error) {
		d, err := newDecoder(a.string(0), a.bool(1), a.bool(2))
		if err != nil {
			return nil, err
		}
		return r.decoders.add(d), nil
	})
	add("decoderPush", func(a arguments) (any, error) {
		d := r.decoders.of[a.int(0)]
		if a.bool(2) {
			delete(r.decoders.of, a.int(0))
		}
		return d.push(a.bytes(1), a.bool(2))
	})
	add("codecOpen", func(a arguments) (any, error) {
		c, err := newCodec(a.string(0), a.string(1))
		if err != nil {
			return nil, err
		}
		return r.codecs.add(c), nil
	})
	add("codecPush", func(a arguments) (any, error) {
		c := r.codecs.of[a.int(0)]
		if a.bool(2) {
			delete(r.codecs.of, a.int(0))
		}
		return c.push(a.bytes(1), a.bool(2))
	})
}

func digest(algorithm string, b []byte) ([]byte, error) {
	switch algorithm {
	case "SHA-1":
		sum := sha1.Sum(b)
		return sum[:], nil
	case "SHA-256":
		sum := sha256.Sum256(b)
		return sum[:], nil
	case "SHA-384":
		sum := sha512.Sum384(b)
		return sum[:], nil
	case "SHA-512":
		sum := sha512.Sum512(b)
		return sum[:], nil
	}
	return nil, &Exception{Name: "NotSupportedError", Message: "unrecognized digest " + algorithm}
}
