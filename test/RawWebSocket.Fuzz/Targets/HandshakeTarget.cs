using System.Text;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Handshake;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>The opening handshake: accepts what breaks no rule, refuses what does, and says so in one line.</summary>
internal sealed class HandshakeTarget : FuzzTarget
{
    private const int LongestMessage = 600;

    private const string Separators = " \t,;=\"\\:/[";

    private static readonly RefusalReason[] Reasons = Enum.GetValues<RefusalReason>();

    public override string Name => "handshake";

    public override int Share => 2;

    public override int MaxInputLength => 8_000;

    public override InputForm Form => InputForm.Plain;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => HeaderMutations.Mutate(input, other, random);

    public override void Execute(byte[] input, Features features)
    {
        var handshake = HandshakeInput.Parse(input);
        var model = new HandshakeModel(handshake.Context.Request, handshake.Options, handshake.IsExtendedConnect);
        features.Add('w', OpeningHandshake.IsWebSocketRequest(handshake.Context) ? 1 : 0);
        switch (OpeningHandshake.Examine(handshake.Context, handshake.Options))
        {
            case HandshakeVerdict.Accepted accepted:
                Check(accepted, OpeningHandshake.AcceptKeyFor(handshake.Context), model);
                var compression = DeflateNegotiation.Negotiate(
                    handshake.Context.Request.Headers.SecWebSocketExtensions, new DeflateTerms());
                new Opening(handshake.Context, handshake.Options, accepted.Subprotocol, compression).KeepRequest(gate: this);
                break;
            case HandshakeVerdict.Refused refused:
                features.AddStep('r', (int)refused.Reason, refused.StatusCode);
                Check(refused, model);
                break;
        }

        Describe(handshake, model, features);
    }

    private static void Check(HandshakeVerdict.Accepted accepted, string? acceptKey, HandshakeModel model)
    {
        foreach (var reason in Reasons)
        {
            Invariant.Holds(model.Breaks(reason) != true, "A handshake that breaks a rule is refused.", () => $"It breaks {reason}.");
        }

        Invariant.Holds(acceptKey == model.Accept, "The accept key is the key's and the GUID's hash.");
        Invariant.Holds(accepted.Subprotocol == model.Subprotocol, "The subprotocol is the first that both sides speak.");
    }

    private static void Check(HandshakeVerdict.Refused refused, HandshakeModel model)
    {
        Invariant.Holds(model.Breaks(refused.Reason) != false, "A handshake is refused for a rule that it breaks.", () => refused.Message);
        Invariant.Holds(refused.StatusCode is >= 400 and < 500, "The client is told that the fault is its own.");
        Invariant.Holds(
            refused.Message.Length is > 0 and < LongestMessage && IsPrintable(refused.Message),
            "A refusal is one line of printable ASCII.",
            () => refused.Message);
        Invariant.Holds(refused.Headers.All(static header => IsPrintable(header.Value)), "A refusal's headers are printable ASCII.");
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static void Describe(HandshakeInput handshake, HandshakeModel model, Features features)
    {
        foreach (var reason in Reasons)
        {
            features.AddStep('b', (int)reason, model.Breaks(reason) switch { true => 1, false => 2, null => 3 });
        }

        foreach (var (header, _) in HeaderValues.ByHeader)
        {
            var lines = handshake.Context.Request.Headers[header];
            var name = Randomness.SeedOf(Encoding.UTF8.GetBytes(header));
            features.Add('h', name, Math.Min(lines.Count, 3));
            foreach (var line in lines)
            {
                features.Add('s', name, ShapeOf(line ?? ""));
            }
        }
    }

    // What kinds of characters follow one another at the start: letters and digits are all alike.
    private static int ShapeOf(string value)
    {
        const int Longest = 3;
        var shape = new List<byte>();
        foreach (var character in value)
        {
            var kind = char.IsAsciiLetterOrDigit(character) ? 'a'
                : Separators.Contains(character) ? character
                : char.IsAscii(character) ? '!'
                : '?';
            if ((shape.Count == 0 || shape[^1] != kind) && shape.Count < Longest)
            {
                shape.Add((byte)kind);
            }
        }

        return Randomness.SeedOf([.. shape]);
    }
}
