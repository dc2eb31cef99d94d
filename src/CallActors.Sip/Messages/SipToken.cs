using System.Buffers;
using CallActors.Sip.Headers;

namespace CallActors.Sip.Messages;

/// <summary>The token of RFC 3261 §25.1: what methods, header names and branches are made of.</summary>
public static class SipToken
{
    private static readonly SearchValues<char> s_characters = SearchValues.Create(HeaderGrammar.TokenCharacters);

    /// <summary>Whether the text is one: not empty, and of nothing but the characters of a token.</summary>
    public static bool Is(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(HeaderGrammar.Token);

    /// <inheritdoc cref="Is(ReadOnlySpan{byte})"/>
    public static bool Is(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_characters);
}
