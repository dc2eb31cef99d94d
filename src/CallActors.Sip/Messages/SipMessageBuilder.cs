using System.Buffers.Text;

namespace CallActors.Sip.Messages;

/// <summary>
/// The one writer. It notes where the header fields stand while it writes them, so that what it builds needs no parse. Reusable: each
/// start line begins a new message in the same buffer. Not thread-safe.
/// </summary>
/// <remarks>
/// It cannot be made to write a line of its caller's making: a name that is no token, or a value with a line break that is no folding,
/// leaves the whole field out and is noted in <see cref="Rejection"/>. Content-Length is always written by itself, last.
/// </remarks>
public sealed class SipMessageBuilder
{
    private byte[] _buffer = new byte[1024];
    private SipHeaderRange[] _headers = new SipHeaderRange[32];
    private SipFacts _facts;
    private SipHeaderSet _seen;
    private int _length;
    private int _count;
    private int _nameStart;
    private int _nameLength;
    private int _valueStart;
    private SipHeaderId _open;
    private bool _isOpen;
    private bool _isRequest;

    /// <summary>
    /// The first thing that was wrong with what was given since the start line; <see cref="SipRejection.None"/> when all was well.
    /// </summary>
    /// <remarks>An absent mandatory header is noted when the message is finished.</remarks>
    public SipRejection Rejection { get; private set; }

    /// <summary>The header that <see cref="Rejection"/> is about, if it is a known one.</summary>
    public SipHeaderId RejectedHeader { get; private set; }

    /// <summary>The size of the buffer it holds on to, in bytes.</summary>
    internal int Capacity => _buffer.Length;

    /// <summary>Begins a request.</summary>
    public SipMessageBuilder Request(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri)
    {
        Restart(isRequest: true);
        Put(ToLineBreak(method));
        Put(" "u8);
        Put(ToLineBreak(uri));
        Put(" SIP/2.0"u8);
        var reason = method.Length + uri.Length + 9 > _length ? SipRejection.LoneLineBreak : SipRejection.None;
        var form = StartLineReader.Read(_buffer.AsSpan(0, _length), ref _facts);
        if (reason == SipRejection.None) reason = form;
        if (reason != SipRejection.None) Refuse(reason, SipHeaderId.Unknown);
        Put("\r\n"u8);
        return this;
    }

    /// <summary>Begins a request of a known method.</summary>
    public SipMessageBuilder Request(SipMethod method, ReadOnlySpan<byte> uri) => Request(SipMethods.Name(method), uri);

    /// <summary>Begins a response; an empty <paramref name="reason"/> becomes the standard phrase of the status.</summary>
    public SipMessageBuilder Response(int status, ReadOnlySpan<byte> reason = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        Restart(isRequest: false);
        if (reason.IsEmpty || reason.Length != ToLineBreak(reason).Length) reason = SipReasonPhrases.Of(status);
        Put("SIP/2.0 "u8);
        Put(status);
        Put(" "u8);
        _facts.StatusCode = (short)status;
        _facts.StartWord = new(_length, reason.Length);
        Put(reason);
        Put("\r\n"u8);
        return this;
    }

    /// <summary>Writes a header field under its canonical name. Content-Length is left out: the builder writes it.</summary>
    public SipMessageBuilder Header(SipHeaderId id, ReadOnlySpan<byte> value) => BeginHeader(id).Append(value).EndHeader();

    /// <summary>Writes a header field under its canonical name.</summary>
    public SipMessageBuilder Header(SipHeaderId id, int value) => BeginHeader(id).Append(value).EndHeader();

    /// <summary>Writes a header field under the name given, also when it is a known one.</summary>
    public SipMessageBuilder Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => BeginHeader(name).Append(value).EndHeader();

    /// <summary>Begins a field whose value is appended in pieces.</summary>
    public SipMessageBuilder BeginHeader(SipHeaderId id)
    {
        if (id == SipHeaderId.Unknown) throw new ArgumentException("An unknown header needs its name.", nameof(id));
        return Begin(id, SipHeaderNames.Canonical(id));
    }

    /// <summary>Begins a field whose value is appended in pieces, under the name given.</summary>
    public SipMessageBuilder BeginHeader(ReadOnlySpan<byte> name) => Begin(SipHeaderNames.Find(name), name);

    /// <summary>Appends to the value of the field begun.</summary>
    public SipMessageBuilder Append(ReadOnlySpan<byte> piece)
    {
        MustBeOpen();
        Put(piece);
        return this;
    }

    /// <summary>Appends a decimal number to the value of the field begun.</summary>
    public SipMessageBuilder Append(long number)
    {
        MustBeOpen();
        Put(number);
        return this;
    }

    /// <summary>Closes the field begun; leaves it out when it could not stand in a message.</summary>
    public SipMessageBuilder EndHeader()
    {
        MustBeOpen();
        _isOpen = false;
        var name = _buffer.AsSpan(_nameStart, _nameLength);
        var value = SipGrammar.Trim(_buffer.AsSpan(_valueStart, _length - _valueStart));
        var reason = !SipToken.Is(name) || !SipHeaderRange.Fits(_nameStart, _nameLength, _valueStart) ? SipRejection.BadHeaderLine
            : LineBreakIn(value) ?? SipRejection.None;
        if (reason != SipRejection.None || _open == SipHeaderId.ContentLength)
        {
            if (reason != SipRejection.None) Refuse(reason, _open);
            _length = _nameStart;
            return this;
        }

        // A value given with white space around it is written without.
        var length = value.Length;
        value.CopyTo(_buffer.AsSpan(_valueStart));
        _length = _valueStart + length;
        Note(_open, length);
        Put("\r\n"u8);
        return this;
    }

    /// <summary>Copies all fields of a header in their order, values untouched, under the canonical name.</summary>
    public SipMessageBuilder Copy(SipMessage from, SipHeaderId id)
    {
        foreach (var value in from.Fields(id)) CopyValue(id, value);
        return this;
    }

    /// <summary>Copies the first field of a header, if there is one.</summary>
    public SipMessageBuilder CopyFirst(SipMessage from, SipHeaderId id)
    {
        if (from.IndexOf(id, 0) is >= 0 and var index) CopyValue(id, from.ValueAt(index));
        return this;
    }

    /// <summary>Finishes a request; the builder may begin another.</summary>
    public SipRequest ToRequest(ReadOnlySpan<byte> body = default)
    {
        if (!_isRequest) throw new InvalidOperationException("A response was begun.");
        var (bytes, headers) = Finish(body);
        return new(bytes, headers, _facts);
    }

    /// <summary>Finishes a response; the builder may begin another.</summary>
    public SipResponse ToResponse(ReadOnlySpan<byte> body = default)
    {
        if (_isRequest || _facts.StatusCode == 0) throw new InvalidOperationException("No response was begun.");
        var (bytes, headers) = Finish(body);
        return new(bytes, headers, _facts);
    }

    // What stands in a message can stand in a message: parser and builder let in no value with a line break that is no folding.
    private void CopyValue(SipHeaderId id, ReadOnlySpan<byte> value)
    {
        if (id == SipHeaderId.ContentLength) return;
        BeginHeader(id).Put(value);
        _isOpen = false;
        Note(id, value.Length);
        Put("\r\n"u8);
    }

    private (byte[] Bytes, SipHeaderRange[] Headers) Finish(ReadOnlySpan<byte> body)
    {
        if (_isOpen) throw new InvalidOperationException("A header was begun and not ended.");
        if (_seen.Missing is not SipHeaderId.Unknown and var missing) Refuse(SipRejection.MissingHeader, missing);
        Open(SipHeaderId.ContentLength, SipHeaderNames.Canonical(SipHeaderId.ContentLength));
        Put(body.Length);
        Note(SipHeaderId.ContentLength, _length - _valueStart);
        _isOpen = false;
        Put("\r\n\r\n"u8);
        _facts.BodyStart = _length;

        var bytes = GC.AllocateUninitializedArray<byte>(_length + body.Length);
        _buffer.AsSpan(0, _length).CopyTo(bytes);
        body.CopyTo(bytes.AsSpan(_length));
        return (bytes, _headers.AsSpan(0, _count).ToArray());
    }

    private void Restart(bool isRequest)
    {
        _length = _count = 0;
        _facts = default;
        _seen = default;
        _isOpen = false;
        _isRequest = isRequest;
        Rejection = SipRejection.None;
        RejectedHeader = SipHeaderId.Unknown;
    }

    private SipMessageBuilder Begin(SipHeaderId id, ReadOnlySpan<byte> name)
    {
        if (_isOpen || _length == 0) throw new InvalidOperationException("A start line comes first, and one header after the other.");
        Open(id, name);
        return this;
    }

    private void Open(SipHeaderId id, ReadOnlySpan<byte> name)
    {
        _open = id;
        _isOpen = true;
        _nameStart = _length;
        _nameLength = name.Length;
        Put(name);
        Put(": "u8);
        _valueStart = _length;
    }

    private void Note(SipHeaderId id, int valueLength)
    {
        if (_count == _headers.Length) Array.Resize(ref _headers, _count * 2);
        _headers[_count++] = new(id, _nameStart, _nameLength, _valueStart, valueLength);
        if (id == SipHeaderId.Unknown) return;
        var value = _buffer.AsSpan(_valueStart, valueLength);
        var isFirst = _seen.Add(id);
        var reason = id switch
        {
            SipHeaderId.Contact => FactReader.CheckContact(value, _isRequest),
            SipHeaderId.Via when isFirst => FactReader.ReadVia(value, _valueStart, out _, ref _facts),
            _ when isFirst => FactReader.Read(id, value, _valueStart, ref _facts),
            _ when SipHeaderNames.MustBeUnique(id) => SipRejection.RepeatedHeader,
            _ => SipRejection.None,
        };
        if (id == SipHeaderId.CSeq && _isRequest && reason == SipRejection.None && !IsOfThisMethod())
            reason = SipRejection.CSeqMethodMismatch;
        if (reason != SipRejection.None) Refuse(reason, id);
    }

    private bool IsOfThisMethod() => _facts.CSeqMethodName.In(_buffer).SequenceEqual(_facts.StartWord.In(_buffer));

    private void Refuse(SipRejection reason, SipHeaderId header)
    {
        if (Rejection != SipRejection.None) return;
        Rejection = reason;
        RejectedHeader = header;
    }

    private void MustBeOpen()
    {
        if (!_isOpen) throw new InvalidOperationException("No header was begun.");
    }

    // CRLF before a space or tab is folding; any other CR, LF, or a NUL that is no quoted-pair, could start a line of its own.
    private static SipRejection? LineBreakIn(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var next = text[at..].IndexOfAny((byte)'\r', (byte)'\n', (byte)'\0');
            if (next < 0) return null;
            at += next;
            if (text[at] == 0)
            {
                if (at == 0 || text[at - 1] != '\\') return SipRejection.NulOctet;
                continue;
            }

            if (text.Length - at < 3 || text[at] != '\r' || text[at + 1] != '\n' || text[at + 2] is not ((byte)' ' or (byte)'\t'))
                return SipRejection.LoneLineBreak;
            at += 2;
        }

        return null;
    }

    private static ReadOnlySpan<byte> ToLineBreak(ReadOnlySpan<byte> text) =>
        text.IndexOfAny((byte)'\r', (byte)'\n', (byte)'\0') is >= 0 and var at ? text[..at] : text;

    private void Put(ReadOnlySpan<byte> piece)
    {
        if (_buffer.Length - _length < piece.Length) Grow(piece.Length);
        piece.CopyTo(_buffer.AsSpan(_length));
        _length += piece.Length;
    }

    private void Put(long number)
    {
        if (_buffer.Length - _length < 20) Grow(20);
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out var written);
        _length += written;
    }

    private void Grow(int by) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + by));
}
