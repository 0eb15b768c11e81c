//! A node between a reader and another node: it limits ranges as public nodes do, or changes what
//! passes.

use alloy::transports::http::reqwest::Client as HttpClient;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
};

/// Ends the connection, answers a request itself, or changes the other node's answer to it.
pub trait Conduct: Clone + Send + Sync + 'static {
    /// Sees each request: one question, or several in a list.
    fn receive(&self, _request: &Value) {}

    /// The error to answer a list of so many questions with.
    fn refuse_batch(&self, _questions: usize) -> Option<Value> {
        None
    }

    /// The answer to give instead of the other node's.
    fn invent(&self, _request: &Value) -> Option<Value> {
        None
    }

    /// Whether to end the connection without an answer.
    fn hang_up(&self, _request: &Value) -> bool {
        false
    }

    /// The error to answer with.
    fn refuse(&self, _request: &Value) -> Option<Value> {
        None
    }

    /// Changes what the other node is asked.
    fn rewrite(&self, _request: &mut Value) {}

    fn change(&self, _request: &Value, _result: &mut Value) {}
}

/// Starts one in front of `node`; returns its address.
pub async fn start(node: String, conduct: impl Conduct) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (node, conduct) = (node.clone(), conduct.clone());
            tokio::spawn(async move { serve(stream, &node, &conduct).await });
        }
    });
    address
}

async fn serve(stream: TcpStream, node: &str, conduct: &impl Conduct) {
    let mut stream = BufStream::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let request: Value = serde_json::from_slice(&body).unwrap();
    conduct.receive(&request);
    let answer = match &request {
        Value::Array(requests) => {
            let mut answers = Vec::new();
            for request in requests {
                let Some(answer) = answer(request, node, conduct).await else { return };
                answers.push(answer);
            }
            match conduct.refuse_batch(requests.len()) {
                Some(error) => json!({ "jsonrpc": "2.0", "id": null, "error": error }),
                None => Value::Array(answers),
            }
        }
        request => {
            let Some(answer) = answer(request, node, conduct).await else { return };
            answer
        }
    };
    let text = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

/// The answer to one question; none when the node hangs up.
async fn answer(request: &Value, node: &str, conduct: &impl Conduct) -> Option<Value> {
    if conduct.hang_up(request) {
        return None;
    }
    if let Some(error) = conduct.refuse(request) {
        return Some(json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }));
    }
    if let Some(result) = conduct.invent(request) {
        return Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }));
    }
    let mut asked = request.clone();
    conduct.rewrite(&mut asked);
    let body = asked.to_string();
    let sent = HttpClient::new().post(node).header("content-type", "application/json").body(body).send().await;
    let mut answer: Value = serde_json::from_slice(&sent.unwrap().bytes().await.unwrap()).unwrap();
    conduct.change(request, &mut answer["result"]);
    Some(answer)
}
