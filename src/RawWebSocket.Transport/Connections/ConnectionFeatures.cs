using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Transport.Connections;

/// <summary>
/// A connection's features: those that the connection is itself, and those that are set, which go before. A table is only made when one is.
/// </summary>
internal sealed class ConnectionFeatures(object connection) : IFeatureCollection
{
    private FeatureCollection? _set;

    public bool IsReadOnly => false;

    public int Revision => _set?.Revision ?? 0;

    public object? this[Type key]
    {
        get => _set?[key] ?? Own(key);
        set => (_set ??= new FeatureCollection())[key] = value;
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        var own = EpollConnection.OwnFeatures.Where(type => _set?[type] is null).Select(type => KeyValuePair.Create(type, connection));
        return own.Concat(_set ?? Enumerable.Empty<KeyValuePair<Type, object>>()).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Own(Type key) => Array.IndexOf(EpollConnection.OwnFeatures, key) >= 0 ? connection : null;
}
