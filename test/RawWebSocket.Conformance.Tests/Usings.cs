global using RawWebSocket.Testing;
