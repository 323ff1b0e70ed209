using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using RawWebSocket.Handshake;

namespace RawWebSocket.Fuzz.Tests.Properties;

public class HeaderTokensProperties
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly Gen<string> Tokens =
        Gen.Elements(TokenCharacters.ToCharArray()).NonEmptyListOf().Select(static characters => string.Concat(characters));

    private static readonly Gen<string> WhiteSpace = Gen.Elements("", " ", "\t", " \t ");

    private static readonly Gen<string> Lists =
        from tokens in Tokens.ListOf()
        from before in WhiteSpace
        from after in WhiteSpace
        select string.Join($"{before},{after}", tokens);

    [Fact]
    public void A_token_is_one_and_stays_none_with_any_other_character_in_it() => Property.ForAll(
        from token in Tokens
        from other in Gen.Choose(0, 255).Select(static value => (char)value).Where(static c => !TokenCharacters.Contains(c))
        from at in Gen.Choose(0, token.Length)
        select (token, spoilt: token.Insert(at, other.ToString())),
        static pair => HeaderTokens.IsToken(pair.token) && !HeaderTokens.IsToken(pair.spoilt));

    [Fact]
    public void A_token_is_found_in_any_case_wherever_it_stands() => Property.ForAll(
        from token in Tokens
        from before in Lists
        from after in Lists
        from space in WhiteSpace
        select (token, lines: new StringValues([before, $"{after},{space}{token.ToUpperInvariant()}{space}"])),
        static pair => HeaderTokens.Contains(pair.lines, pair.token));

    [Fact]
    public void A_token_that_is_not_in_the_list_is_not_found() => Property.ForAll(
        from token in Tokens
        from list in Lists
        where !list.Split(',').Select(static element => element.Trim()).Contains(token, StringComparer.OrdinalIgnoreCase)
        select (token, list),
        static pair => !HeaderTokens.Contains(pair.list, pair.token));
}
