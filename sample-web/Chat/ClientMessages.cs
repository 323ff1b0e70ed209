using System.Text.Json.Serialization;

namespace SampleWeb.Chat;

/// <summary>What a client sends as JSON; <c>type</c> tells which. An <c>id</c> is the client's own and comes back in the answer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(Say), "say")]
[JsonDerivedType(typeof(Ping), "ping")]
internal abstract record ClientMessage;

/// <summary>The first message: who I am and where I want to be.</summary>
internal sealed record Join(string? Name, string? Room) : ClientMessage;

/// <summary>A text for everyone in the room.</summary>
internal sealed record Say(string? Text, string? Id) : ClientMessage;

/// <summary>Answered with <see cref="Pong"/>, so that a page can measure the round trip.</summary>
internal sealed record Ping(long Id) : ClientMessage;

/// <summary>The JSON line at the head of a binary message; the file's bytes follow it.</summary>
internal sealed record FileHeader(string? Name, string? Mime, string? Id);
